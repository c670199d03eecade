using System.Runtime.CompilerServices;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Jobs;

/// <summary>The object behind a wait serves one after the other, and none of them sees anything of the others.</summary>
public class PooledWaitTests
{
    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wait_AwaitedTwice_Throws()
    {
        using PumpedStore test = new();
        test.Work("q", static _ => 7);
        JobHandle job = test.Queue("q").Add("job");
        ValueTask<int> value = job.WaitUntilFinishedAsync<int>();
        ValueTask end = job.WaitUntilFinishedAsync();
        ValueTask<int> limited = job.WaitUntilFinishedAsync<int>(TimeSpan.FromHours(1));
        ValueTask<int> run = test.Queue("q").RunAsync<int, int>("run", 1);
        test.Pump();
        ValueTask<int> ended = job.WaitUntilFinishedAsync<int>();

        await end;
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await end);
        foreach (ValueTask<int> wait in (ValueTask<int>[])[value, limited, run, ended])
        {
            Assert.Equal(7, await wait);
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await wait);
        }
    }

    /// <summary>Thrown from where it is awaited, it would be nobody's to catch.</summary>
    [Fact]
    public async Task Wait_AwaitedByTwoAtOnce_IsOneOnesAndThrowsInTheOther()
    {
        using PumpedStore test = new();
        test.Work("q", static _ => 7);
        ValueTask<int> wait = test.Queue("q").RunAsync<int, int>("job", 1);
        Task<string> one = AwaitAsync(wait);
        Task<string> other = AwaitAsync(wait);
        Assert.Contains("once", await other.Within(), StringComparison.Ordinal);
        test.Pump();
        Assert.Equal("7", await one.Within());

        static async Task<string> AwaitAsync(ValueTask<int> wait)
        {
            try
            {
                return $"{await wait}";
            }
            catch (InvalidOperationException error)
            {
                return error.Message;
            }
        }
    }

    [Fact]
    public async Task Wait_AwaitedAgainWhileItsObjectServesAnother_ThrowsAndLeavesThatAlone()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.Name);
        ValueTask<string> first = test.Queue("q").RunAsync<int, string>("first", 1);
        test.Pump();
        Assert.Equal("first", await first);

        ValueTask<string> second = test.Queue("q").RunAsync<int, string>("second", 1);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await first);
        test.Pump();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await first);
        Assert.Equal("second", await second);
    }

    [Fact]
    public async Task Wait_ReadBeforeItsEnd_ThrowsAndGoesOn()
    {
        using PumpedStore test = new();
        test.Work("q", static _ => 7);
        ValueTask<int> wait = test.Queue("q").Add("job").WaitUntilFinishedAsync<int>();
        Assert.Throws<InvalidOperationException>(() => wait.GetAwaiter().GetResult());

        test.Pump();
        Assert.Equal(7, await wait);
    }

    [Fact]
    public async Task Wait_ThatHasBeenRead_LendsItsObjectToTheNext()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.Name == "bad" ? throw new InvalidOperationException("bad") : 7);
        using CancellationTokenSource source = new();
        ResultWaiter<int> first = Wait(test, "job", Timeout.InfiniteTimeSpan, source.Token);
        test.Pump();
        Assert.NotSame(first, Wait(test, "unread", Timeout.InfiniteTimeSpan));
        Assert.Equal(7, await first.Task);

        ResultWaiter<int> second = Wait(test, "bad", Timeout.InfiniteTimeSpan);
        Assert.Same(first, second);
        await source.CancelAsync();
        Assert.False(second.Task.IsCompleted);
        test.Pump();
        await Assert.ThrowsAsync<JobFailedException>(async () => await second.Task);
        Assert.Same(first, Wait(test, "job", Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public async Task Wait_ThatACallbackMayStillComeBy_KeepsItsObject()
    {
        using PumpedStore test = new();
        test.Work("q", static _ => 7);
        using CancellationTokenSource source = new();
        ResultWaiter<int> canceled = Wait(test, "job", Timeout.InfiniteTimeSpan, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await canceled.Task);

        ResultWaiter<int> limited = Wait(test, "job", TimeSpan.FromHours(1));
        Assert.NotSame(canceled, limited);
        test.Pump();
        Assert.Equal(7, await limited.Task);
        Assert.NotSame(limited, Wait(test, "job", Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public async Task Wait_WhoseTokenHadFired_EndsAtOnceAndAddsNothing()
    {
        using PumpedStore test = new();
        JobHandle job = test.Queue("q").Add("job");
        CancellationToken fired = new(canceled: true);

        ValueTask<int> wait = job.WaitUntilFinishedAsync<int>(fired);
        Assert.True(wait.IsCanceled);
        OperationCanceledException canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.Within());
        Assert.Equal(fired, canceled.CancellationToken);
        Assert.True(job.WaitUntilFinishedAsync(fired).IsCanceled);
        Assert.True(test.Store.Engine.Table.Waiters.IsEmpty);
    }

    [Fact]
    public async Task Run_WhoseTokenFiresLater_LeavesTheNextRunAlone()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.Name);
        using CancellationTokenSource source = new();
        ValueTask<string> first = test.Queue("q").RunAsync<int, string>("first", 1, null, source.Token);
        test.Pump();
        Assert.Equal("first", await first);

        ValueTask<string> second = test.Queue("q").RunAsync<int, string>("second", 1);
        await source.CancelAsync();
        test.Pump();
        Assert.Equal("second", await second);
    }

    [Fact]
    public async Task Run_WhoseTokenFires_EndsWithItsJobCanceled()
    {
        using PumpedStore test = new();
        using CancellationTokenSource source = new();
        ValueTask<string> run = test.Queue("q").RunAsync<int, string>("job", 1, null, source.Token);
        await source.CancelAsync();

        JobCanceledException canceled = await Assert.ThrowsAsync<JobCanceledException>(() => run.Within());
        Assert.Equal("The caller's token fired.", canceled.Reason);
    }

    [Fact]
    public void Run_WhoseTokenFiresAfterTheStoreIsDisposed_ThrowsNothing()
    {
        JobStore store = new();
        using CancellationTokenSource source = new();
        _ = store.GetQueue("q").RunAsync<int, string>("job", 1, null, source.Token);
        store.Dispose();
        source.Cancel();
    }

    [Fact]
    public async Task Waits_WhenTheStoreIsDisposed_AllEndAndLeaveNothing()
    {
        JobStore store = new();
        using CancellationTokenSource source = new();
        Task[] waits =
        [
            .. Enumerable.Range(0, 100).SelectMany(i => (Task[])
            [
                store.GetQueue("q").Add("job").WaitUntilFinishedAsync(source.Token).AsTask(),
                store.GetQueue("q").RunAsync<int, int>("job", i, null, source.Token).AsTask(),
            ]),
        ];
        JobWaiters table = store.Engine.Table.Waiters;
        store.Dispose();

        foreach (Task wait in waits)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => wait.Within());
        }

        Assert.True(table.IsEmpty);
    }

    [Fact]
    public async Task Waits_OfWhichTheMiddleIsGivenUp_LeaveTheOthersInOrder()
    {
        using PumpedStore test = new();
        test.Work("q", static _ => 7);
        JobHandle job = test.Queue("q").Add("job");
        using CancellationTokenSource source = new();
        List<Task<int>> kept = [];
        List<Task<int>> givenUp = [];
        for (int i = 0; i < 300; i++)
        {
            (i % 3 == 1 ? givenUp : kept).Add(job.WaitUntilFinishedAsync<int>(i % 3 == 1 ? source.Token : CancellationToken.None).AsTask());
        }

        await source.CancelAsync();
        Assert.All(await Task.WhenAll(givenUp.Select(static wait => wait.ContinueWith(static task => task.IsCanceled, TaskScheduler.Default))).Within(), Assert.True);
        test.Pump();
        Assert.All(await Task.WhenAll(kept).Within(), static value => Assert.Equal(7, value));
        Assert.True(test.Store.Engine.Table.Waiters.IsEmpty);
    }

    [Fact]
    public async Task Waits_GivenUpWhileTheirJobsEnd_EndOnceAndKeepToThemselves()
    {
        using PumpedStore test = new();
        test.Work("q", static job => job.Name);
        for (int i = 0; i < 500; i++)
        {
            using CancellationTokenSource source = new();
            Task<string> wait = test.Queue("q").Add("first").WaitUntilFinishedAsync<string>(source.Token).AsTask();
            Task cancel = Task.Run(source.Cancel, TestToken);
            test.Pump();
            Task<string> next = test.Queue("q").RunAsync<int, string>("next", i).AsTask();
            await cancel.Within();
            Assert.False(next.IsCompleted);
            test.Pump();
            Assert.Equal("next", await next.Within());
            if (await wait.ContinueWith(static task => task.IsCanceled ? "canceled" : task.Result, TaskScheduler.Default).Within() is not ("first" or "canceled") and var wrong)
            {
                Assert.Fail($"the wait ended with '{wrong}'");
            }
        }
    }

    /// <summary>A wait that was used again went by the steps of its last job, which may lie above all those of the next: it never heard of that one's end.</summary>
    [Fact]
    public async Task Run_WithAWaitLastUsedAtAHigherStep_Ends()
    {
        using PumpedStore test = new(new RetentionOptions { Completed = Retention.KeepAll });
        test.Work("q", static job => job.Name);
        JobHandle highest = test.Queue("q").Add("first");
        for (JobHandle last = highest; StepOf(last) >= StepOf(highest);)
        {
            last = test.Queue("q").Add("more");
            highest = StepOf(last) > StepOf(highest) ? last : highest;
        }

        ValueTask<string> wait = highest.WaitUntilFinishedAsync<string>();
        test.Pump();
        Assert.True(wait.IsCompletedSuccessfully);
        Assert.NotEmpty(await wait);
        ValueTask<string> run = test.Queue("q").RunAsync<int, string>("next", 1);

        test.Pump();

        Assert.True(run.IsCompletedSuccessfully);
        Assert.Equal("next", await run);

        static long StepOf(JobHandle job) => job.Id.ToInt64() & StateWord.StepMask;
    }

    [Fact]
    public async Task Runs_ByManyAtOnce_GetTheirOwnValues()
    {
        await using LiveStore test = new();
        test.Work("q", static (job, _) => new ValueTask<object?>(job.GetData<int>()), concurrency: 2);
        using CancellationTokenSource source = new();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(
            async () =>
            {
                for (int i = 0; i < 500; i++)
                {
                    int number = caller * 1000 + i;
                    Assert.Equal(number, await test.Queue("q").RunAsync<int, int>("job", number, null, i % 2 == 0 ? source.Token : default));
                }
            },
            TestToken))).Within();
        Assert.True(test.Store.Engine.Table.Waiters.IsEmpty);
    }

    [Fact]
    public void Wait_ThatEndsInsideThePump_GoesOnElsewhere()
    {
        using PumpedStore test = new();
        test.Work("q");
        int thread = 0;
        ValueTask wait = test.Queue("q").Add("job").WaitUntilFinishedAsync();
        wait.GetAwaiter().UnsafeOnCompleted(() => Volatile.Write(ref thread, Environment.CurrentManagedThreadId));

        test.Pump();
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref thread) != 0, TimeSpan.FromSeconds(30)));
        Assert.NotEqual(Environment.CurrentManagedThreadId, thread);
    }

    [Fact]
    public void Wait_WhoseAwaiterCanNotGoOnInItsContext_IsAnErrorEventAndHoldsUpNobody()
    {
        using PumpedStore test = new();
        test.Work("q");
        List<Exception?> errors = [];
        using IDisposable subscription = test.Store.Events.Subscribe(occurrence => errors.Add(occurrence.Error), JobEventType.Error);
        JobHandle job = test.Queue("q").Add("job");
        ValueTask refused = job.WaitUntilFinishedAsync();
        ValueTask other = job.WaitUntilFinishedAsync();
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new ClosedContext());
        refused.GetAwaiter().UnsafeOnCompleted(static () => { });
        SynchronizationContext.SetSynchronizationContext(before);

        test.Pump();
        Assert.Equal("closed", Assert.Single(errors)?.Message);
        Assert.True(other.IsCompletedSuccessfully);
    }

    /// <summary>A wait that nobody reads is let go of by its end, not by the reader.</summary>
    [Fact]
    public async Task Wait_ThatIsNeverRead_IsNotHeldByItsTokenOrTimer()
    {
        CountingTime time = new();
        using JobStore store = new(new JobStoreOptions { TimeProvider = time });
        using CancellationTokenSource source = new();
        Worker worker = new(store, "q", static _ => null, new WorkerOptions { Mode = WorkerMode.Pumped });
        WeakReference wait = Forget(store, source.Token);
        _ = store.GetQueue("q").Add("job").WaitUntilFinishedAsync(TimeSpan.FromHours(1), source.Token);
        Assert.Equal(1, time.LiveTimers);
        store.Pump();
        Assert.Equal(0, time.LiveTimers);
        for (int i = 0; i < 50 && wait.IsAlive; i++)
        {
            await Task.Yield();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(wait.IsAlive);
        GC.KeepAlive(worker);
        GC.KeepAlive(source);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Forget(JobStore store, CancellationToken token) =>
        new(JobReader.Wait<int>(store.Engine.Table, store.GetQueue("q").Add("job").Id, Timeout.InfiniteTimeSpan, token));

    private sealed class ClosedContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => throw new InvalidOperationException("closed");
    }

    private static ResultWaiter<int> Wait(PumpedStore test, string name, TimeSpan limit, CancellationToken token = default) =>
        JobReader.Wait<int>(test.Store.Engine.Table, test.Queue("q").Add(name).Id, limit, token);
}
