using System.Reflection;

namespace Conveyor.Fast.Tests.Support;

/// <summary>
/// Calls every public member of the store, and of what the store gives out, from wherever it is told to. Nothing is
/// awaited and nothing is refused for anything but its state.
/// </summary>
internal sealed class StoreCalls(JobStore store, Worker? worker)
{
    private readonly HashSet<string> _called = [];

    /// <summary>Members that say nothing about a store, or are called last and apart.</summary>
    private static readonly string[] s_leftOut = ["Equals", "GetHashCode", "ToString", "GetType", "Dispose", "DisposeAsync", "op_Equality", "op_Inequality"];

    /// <summary>What <see cref="CallAll"/> has left out; empty unless the surface has grown.</summary>
    public IEnumerable<string> Missed() => new[] { typeof(JobStore), typeof(JobQueue), typeof(FlowProducer), typeof(JobHandle), typeof(Worker), typeof(JobEvents) }
        .SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(static method => !s_leftOut.Contains(method.Name))
            .Select(method => $"{type.Name}.{method.Name}"))
        .Distinct()
        .Except(_called);

    public void CallAll(JobHandle job)
    {
        CallStore(job);
        CallQueue(store.GetQueue("calls"));
        CallFlows();
        CallJob(job);
        CallEvents(store.Events);
        if (worker is not null)
        {
            CallWorker(worker);
        }
    }

    private void CallStore(JobHandle job)
    {
        Call("JobStore.GetQueue", () => store.GetQueue("calls"));
        Call("JobStore.GetQueue", () => store.GetQueue("calls", new JobQueueOptions()));
        Call("JobStore.GetQueues", () => store.GetQueues());
        Call("JobStore.TryGetJob", () => store.TryGetJob(job.Id, out _));
        Call("JobStore.get_Events", () => store.Events);
        Call("JobStore.get_NextDue", () => store.NextDue);
        Call("JobStore.Pump", () => store.Pump());
        Call("JobStore.Pump", () => store.Pump(1));
        Call("JobStore.Pump", () => store.Pump(TimeSpan.Zero));
        Call("JobStore.PumpUntil", () => store.PumpUntil(job, TimeSpan.Zero));
        Call("JobStore.WaitUntilIdleAsync", () => store.WaitUntilIdleAsync());
    }

    private void CallQueue(JobQueue queue)
    {
        Call("JobQueue.get_Name", () => queue.Name);
        Call("JobQueue.get_Events", () => queue.Events);
        Call("JobQueue.Add", () => queue.Add("inner"));
        Call("JobQueue.Add", () => queue.Add("inner", new JobOptions { CustomId = "mine" }));
        Call("JobQueue.Add", () => queue.Add("inner", 1));
        Call("JobQueue.Add", () => queue.Add(new JobRequest<int>("inner", 1)));
        Call("JobQueue.AddDelayed", () => queue.AddDelayed("inner", 1, TimeSpan.FromHours(1)));
        Call("JobQueue.TryAdd", () => queue.TryAdd(new JobRequest<int>("inner", 1), out _));
        Call("JobQueue.AddAsync", () => queue.AddAsync("inner", 1));
        Call("JobQueue.AddBulk", () => queue.AddBulk([new JobRequest<int>("inner", 1), new JobRequest<int>("inner", 2)]));
        Call("JobQueue.RunAsync", () => queue.RunAsync<int, int>("inner", 1));
        Call("JobQueue.TryGetJob", () => queue.TryGetJob("mine", out _));
        Call("JobQueue.GetJobCounts", () => queue.GetJobCounts());
        Call("JobQueue.GetJobs", () => queue.GetJobs(JobState.Waiting));
        Call("JobQueue.GetJobs", () => queue.GetJobs(JobState.Failed));
        CallSchedules(queue);
        Call("JobQueue.PromoteJobs", () => queue.PromoteJobs());
        Call("JobQueue.Pause", queue.Pause);
        Call("JobQueue.get_IsPaused", () => queue.IsPaused);
        Call("JobQueue.Resume", queue.Resume);
        Call("JobQueue.Clean", () => queue.Clean(JobState.Waiting, TimeSpan.FromDays(1)));
        Call("JobQueue.RetryJobs", () => queue.RetryJobs());
        Call("JobQueue.Drain", () => queue.Drain(keepDelayed: true));
        Call("JobQueue.Obliterate", () => queue.Obliterate());
        Call("JobQueue.Obliterate", () => queue.Obliterate(force: true));
        Call("JobQueue.Close", queue.Close);
    }

    private void CallSchedules(JobQueue queue)
    {
        Call("JobQueue.AddSchedule", () => queue.AddSchedule("schedule", new RepeatOptions { Every = TimeSpan.FromDays(1) }, "inner", 1));
        Call("JobQueue.AddSchedule", () => queue.AddSchedule("schedule", new RepeatOptions { Cron = "0 0 * * *" }, "inner", 1));
        Call("JobQueue.TryGetSchedule", () => queue.TryGetSchedule("schedule", out _));
        Call("JobQueue.GetSchedules", () => queue.GetSchedules());
        Call("JobQueue.RemoveSchedule", () => queue.RemoveSchedule("schedule"));
    }

    private void CallFlows()
    {
        FlowProducer flows = new(store);
        FlowJob flow = new("inner", "calls") { Children = [new FlowJob("inner", "calls")] };
        Call("FlowProducer.Add", () => flows.Add(flow).Job.Cancel());
        Call("FlowProducer.AddBulk", () => flows.AddBulk([flow, flow])[1].Children[0].Job.Remove());
        Call("FlowProducer.AddAsync", () => flows.AddAsync(flow));
        Call("FlowProducer.TryAdd", () => flows.TryAdd(flow, out FlowResult? added) && added.Job.Remove());
        Call("FlowProducer.Start", () => flows.Start(flow));
        Call("FlowProducer.RunAsync", () => flows.RunAsync<int>(flow));
    }

    private void CallJob(JobHandle job)
    {
        Call("JobHandle.get_Id", () => job.Id);
        Call("JobHandle.get_State", () => job.State);
        Call("JobHandle.get_IsFinished", () => job.IsFinished);
        Call("JobHandle.get_Children", () => job.Children.Select(static child => (child.State, child.Reason, child.Name)).ToArray());
        Call("JobHandle.GetInfo", () => job.GetInfo());
        Call("JobHandle.TryGetInfo", () => job.TryGetInfo(out _));
        Call("JobHandle.TryGetResult", () => job.TryGetResult(out object? _));
        Call("JobHandle.WaitUntilFinishedAsync", () => job.WaitUntilFinishedAsync<int>());
        Call("JobHandle.WaitUntilFinishedAsync", () => job.WaitUntilFinishedAsync(TimeSpan.FromSeconds(1)));
        Call("JobHandle.Retry", () => job.Retry());
        Call("JobHandle.ChangePriority", () => job.ChangePriority(3));
        Call("JobHandle.Promote", job.Promote);
        Call("JobHandle.ChangeDelay", () => job.ChangeDelay(TimeSpan.FromHours(1)));
        Call("JobHandle.Cancel", () => job.Cancel("from inside"));
        Call("JobHandle.Remove", () => job.Remove());
    }

    private void CallEvents(JobEvents events)
    {
        using CancellationTokenSource ended = new();
        ended.Cancel();
        Action<JobEvent> action = static _ => { };
        Call("JobEvents.get_Dropped", () => events.Dropped);
        Call("JobEvents.Subscribe", () => events.Subscribe(action, JobEventType.Removed));
        Call("JobEvents.Unsubscribe", () => events.Unsubscribe(action));
        Call("JobEvents.ReadAllAsync", () => events.ReadAllAsync(1, ended.Token).GetAsyncEnumerator(ended.Token).MoveNextAsync());
        Call("JobEvents.UnsubscribeAll", store.GetQueue("calls").Events.UnsubscribeAll);
    }

    private void CallWorker(Worker own)
    {
        Call("Worker.get_Name", () => own.Name);
        Call("Worker.get_QueueName", () => own.QueueName);
        Call("Worker.get_IsRunning", () => own.IsRunning);
        Call("Worker.get_IsPaused", () => own.IsPaused);
        Call("Worker.get_Events", () => own.Events);
        Call("Worker.get_Concurrency", () => own.Concurrency);
        Call("Worker.set_Concurrency", () => own.Concurrency = 3);
        Call("Worker.Start", own.Start);
        Call("Worker.CancelJobs", () => own.CancelJobs("from inside"));
        Call("Worker.Pause", own.Pause);
        Call("Worker.PauseAsync", () => own.PauseAsync());
        Call("Worker.Resume", own.Resume);
        Worker other = new(store, "others", static _ => null);
        Call("Worker.CloseAsync", () => other.CloseAsync());
    }

    private void Call(string member, Action call) => Call(member, () =>
    {
        call();
        return 0;
    });

    private void Call<T>(string member, Func<T> call)
    {
        lock (_called)
        {
            _called.Add(member);
        }

        try
        {
            _ = call();
        }
        catch (Exception error) when (error is ConveyorException or InvalidOperationException)
        {
            // Refused for a state, which is an answer.
        }
    }
}
