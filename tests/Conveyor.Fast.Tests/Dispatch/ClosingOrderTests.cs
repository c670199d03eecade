using System.Runtime.CompilerServices;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

/// <summary>Workers, a queue and their store, closed one after the other.</summary>
public class ClosingOrderTests
{
    private static readonly string[] s_orders =
        ["workers queue store", "workers store queue", "queue workers store", "queue store workers", "store workers queue", "store queue workers"];

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> Orders => [.. s_orders.SelectMany(static order => (IEnumerable<(string, bool)>)[(order, false), (order, true)])];

    [Theory]
    [MemberData(nameof(Orders))]
    [Trait("Behaviour", "CLS-07")]
    public async Task Close_InAnyOrder_LeavesNothing(string order, bool waits)
    {
        CountingTime time = new();
        JobStore store = new(new JobStoreOptions { TimeProvider = time });
        (Thread thread, WeakReference[] references) = await FillAndCloseAsync(store, order, waits);

        Assert.True(thread.Join(TimeSpan.FromSeconds(30)), "the loop's thread goes on");
        Assert.True(SpinWait.SpinUntil(() => time.LiveTimers == 0, TimeSpan.FromSeconds(30)), $"{time.LiveTimers} timers are left");
        for (int i = 0; i < 50 && references.Any(static reference => reference.IsAlive); i++)
        {
            await Task.Yield();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal([false, false, false], references.Select(static reference => reference.IsAlive));
        GC.KeepAlive(store);
        GC.KeepAlive(time);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<(Thread Thread, WeakReference[] References)> FillAndCloseAsync(JobStore store, string order, bool waits)
    {
        object payload = new();
        object handlerState = new();
        object subscriberState = new();
        TaskCompletionSource<Thread> thread = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Worker[] workers =
        [
            new Worker(store, "dedicated", Handle, new WorkerOptions { Mode = WorkerMode.Dedicated }),
            new Worker(store, "pooled", async (_, _) =>
            {
                await Task.Yield();
                GC.KeepAlive(handlerState);
            }),
        ];
        JobQueue queue = store.GetQueue("dedicated");
        queue.Events.Subscribe(_ => GC.KeepAlive(subscriberState));
        JobOptions limited = new() { Timeout = TimeSpan.FromHours(1) };
        await queue.Add("job", payload, limited).WaitUntilFinishedAsync(TestToken).Within();
        await store.GetQueue("pooled").Add("job", payload, limited).WaitUntilFinishedAsync(TestToken).Within();
        Task wait = queue.AddDelayed("delayed", payload, TimeSpan.FromHours(1)).WaitUntilFinishedAsync(TestToken).AsTask();
        queue.AddSchedule("schedule", new RepeatOptions { Cron = "0 0 1 1 *" }, "scheduled", payload);
        new FlowProducer(store).Add(new FlowJob("parent", "pooled", payload) { Children = [new FlowJob("child", "unserved", payload)] });

        bool isDisposed = false;
        foreach (string which in order.Split(' '))
        {
            switch (which)
            {
                case "workers":
                    Assert.All(await Task.WhenAll(workers.Select(CloseAsync)), Assert.False);
                    break;
                case "queue" when isDisposed:
                    Assert.Throws<ObjectDisposedException>(queue.Close);
                    break;
                case "queue":
                    queue.Close();
                    break;
                default:
                    await (waits ? store.DisposeAsync() : DisposeNow(store)).Within();
                    isDisposed = true;
                    break;
            }
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(() => wait.Within());
        return (await thread.Task, [new(payload), new(handlerState), new(subscriberState)]);

        object? Handle(Job job)
        {
            thread.TrySetResult(Thread.CurrentThread);
            GC.KeepAlive(handlerState);
            return null;
        }

        async Task<bool> CloseAsync(Worker worker)
        {
            await (waits ? new ValueTask(worker.CloseAsync(TestToken)) : DisposeNow(worker)).Within();
            return worker.IsRunning;
        }
    }

    private static ValueTask DisposeNow(IDisposable one)
    {
        one.Dispose();
        return default;
    }
}
