namespace Conveyor.Fast.Concurrency.Tests.Soak;

/// <summary>A small store that one of its handlers disposes while others run, jobs are added and somebody waits.</summary>
internal static class DisposedStore
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    public static void LiveAndDie(FaultList faults, int runsBefore)
    {
        JobStore store = new();
        int runs = 0;
        Worker worker = new(store, "q", job =>
        {
            if (Interlocked.Increment(ref runs) == runsBefore)
            {
                store.Dispose();
            }

            return null;
        }, new WorkerOptions { Concurrency = 3 });
        Task wait = store.GetQueue("nobody").Add("never").WaitUntilFinishedAsync().AsTask();
        FlowProducer flows = new(store);
        FlowJob flow = new("parent", "q") { Children = [new FlowJob("child", "q"), new FlowJob("child", "q")] };
        try
        {
            while (true)
            {
                flows.Start(flow);
            }
        }
        catch (ObjectDisposedException)
        {
            // It is gone; so must be the wait and the worker.
        }

        if (!wait.ContinueWith(static _ => { }, TaskScheduler.Default).Wait(s_limit) || wait.Exception?.InnerException is not ObjectDisposedException)
        {
            faults.Add($"the wait on a disposed store is {wait.Status}: {wait.Exception?.InnerException}");
        }

        if (!worker.CloseAsync(TimeSpan.Zero).Wait(s_limit))
        {
            faults.Add("the worker of a disposed store does not close");
        }
    }
}
