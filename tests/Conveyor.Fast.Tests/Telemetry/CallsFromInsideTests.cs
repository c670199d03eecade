using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Telemetry;

/// <summary>
/// A parent fails by its child, which fails, is retried by its own backoff and fails again; another is canceled and one is
/// removed before they run; a job beside them completes. A subscriber for each of the events, the handler, the backoff
/// function and a cancellation callback call every public member of the store, and none of them is called under a lock.
/// </summary>
public class CallsFromInsideTests
{
    private static readonly WorkerMode[] s_modes = [WorkerMode.ThreadPool, WorkerMode.Dedicated, WorkerMode.Pumped];
    private static readonly string[] s_places =
    [
        "handler", "backoff", "callback", "subject Added", "subject Waiting", "subject Active", "subject Retrying", "subject RetriesExhausted",
        "subject Failed", "good Completed", "parent Added", "parent WaitingChildren", "parent Failed", "canceled Canceled", "canceled-child Canceled",
        "removed Removed", "removed-child Removed", " Drained",
    ];

    public static TheoryData<string, WorkerMode, bool> Places() =>
        [.. from place in s_places from mode in s_modes from dispose in (bool[])[false, true] select (place, mode, dispose)];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task UserCode_CallsEveryMember_NothingDeadlocks(string place, WorkerMode mode, bool dispose)
    {
        JobStore store = new(new JobStoreOptions { RandomSeed = 1 });
        StoreCalls? calls = null;
        TaskCompletionSource called = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        FlowResult? flow = null;
        List<string> held = [];
        int calling = 0;
        void Call(string where, JobHandle job)
        {
            if (where != place || Interlocked.Exchange(ref calling, 1) != 0)
            {
                return;
            }

            held.AddRange(LockProbe.HeldBy(store));
            calls!.CallAll(flow?.Job ?? job);
            calls.CallAll(job);
            if (dispose)
            {
                store.Dispose();
            }

            called.TrySetResult();
        }

        using Worker worker = new(store, "q", (job, cancellationToken) =>
        {
            using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(_ => Call("callback", job.Handle), null);
            if (place == "callback")
            {
                job.Handle.Cancel();
            }

            Call("handler", job.Handle);
            return job.Name == "good" ? default(ValueTask<object?>) : throw new InvalidOperationException("bad");
        }, new WorkerOptions { Mode = mode, AutoStart = false, Concurrency = 2 });
        calls = new StoreCalls(store, worker);
        using IDisposable subscription = store.Events.Subscribe(occurrence =>
        {
            Call($"{occurrence.JobName} {occurrence.Type}", occurrence.Job);
            if (occurrence is { JobName: "parent", Type: JobEventType.Failed or JobEventType.Canceled or JobEventType.Removed })
            {
                ended.TrySetResult();
            }
        });

        Task work = Task.Run(
            () =>
            {
                flow = new FlowProducer(store).Add(new FlowJob("parent", "q")
                {
                    Children =
                    [
                        new FlowJob("subject", "q")
                        {
                            Options = new JobOptions
                            {
                                Attempts = 2,
                                Backoff = Backoff.Custom(context =>
                                {
                                    Call("backoff", context.Job.Handle);
                                    return new ValueTask<TimeSpan?>(TimeSpan.Zero);
                                }),
                            },
                        },
                    ],
                });
                JobHandle canceled = new FlowProducer(store).Start(new FlowJob("canceled", "q") { Children = [new FlowJob("canceled-child", "q")] });
                JobHandle removed = new FlowProducer(store).Start(new FlowJob("removed", "q") { Children = [new FlowJob("removed-child", "q")] });
                canceled.Cancel();
                try
                {
                    removed.Remove();
                }
                catch (InvalidJobStateException)
                {
                    // A subscriber has started the worker, which runs the child.
                }

                store.GetQueue("q").Add("good");
                worker.Start();
                if (mode == WorkerMode.Pumped)
                {
                    store.Pump();
                }
            },
            TestContext.Current.CancellationToken);
        await called.Task.Within();
        Assert.Empty(held);
        try
        {
            await work.Within();
        }
        catch (Exception error) when (dispose && error is ObjectDisposedException)
        {
            // The subscriber disposed the store before the worker was started.
        }

        if (!dispose)
        {
            await ended.Task.Within();
            Assert.Empty(calls.Missed());
            await worker.CloseAsync(TestContext.Current.CancellationToken).Within();
        }

        await Task.Run(store.Dispose, TestContext.Current.CancellationToken).Within();
    }
}
