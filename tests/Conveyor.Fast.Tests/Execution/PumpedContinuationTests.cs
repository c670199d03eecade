using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Execution;

/// <summary>What a pumped worker's code awaits goes on inside a pump, on its thread, and nowhere else.</summary>
public class PumpedContinuationTests
{
    private static readonly WorkerOptions s_pumped = new() { Mode = WorkerMode.Pumped };

    [Fact]
    public void Handler_WithoutValue_EndsInThePumpAfterItsAwait() =>
        AssertEndsInPump((store, gate) => new Worker(store, "q", async (job, token) => await gate, s_pumped));

    [Fact]
    public void Handler_WithValue_EndsInThePumpAfterItsAwait() => AssertEndsInPump((store, gate) => new Worker(
        store,
        "q",
        async (job, token) =>
        {
            await gate;
            return "value";
        },
        s_pumped));

    [Fact]
    public void Handler_WithTypedValue_EndsInThePumpAfterItsAwait() => AssertEndsInPump((store, gate) => new Worker<object?, int>(
        store,
        "q",
        async (job, data, token) =>
        {
            await gate;
            return 1;
        },
        s_pumped));

    [Fact]
    public void Handler_OfAPayloadThatReturnsAValueTask_EndsInThePumpAfterItsAwait()
    {
        static async ValueTask PassAsync(Task gate) => await gate;
        AssertEndsInPump((store, gate) => new Worker<object?>(store, "q", (job, data) => PassAsync(gate), s_pumped));
    }

    [Fact]
    public void CustomBackoff_AfterItsAwait_AnswersInThePump()
    {
        using PumpedStore test = new();
        TaskCompletionSource gate = new();
        test.Work("q", static job => job.AttemptsMade == 0 ? throw new InvalidOperationException("boom") : null);
        Backoff backoff = Backoff.Custom(async context =>
        {
            await gate.Task;
            return TimeSpan.Zero;
        });
        JobHandle job = test.Queue("q").Add("job", new JobOptions { Attempts = 2, Backoff = backoff });
        test.Pump();
        gate.SetResult();
        Assert.Equal(JobState.Active, job.State);
        test.Pump();
        Assert.Equal(JobState.Completed, job.State);
    }

    private static void AssertEndsInPump(Func<JobStore, Task, Worker> makeWorker)
    {
        using PumpedStore test = new();
        TaskCompletionSource gate = new();
        using Worker worker = makeWorker(test.Store, gate.Task);
        JobHandle job = test.Queue("q").Add("job");
        test.Pump();
        gate.SetResult();
        Assert.Equal(JobState.Active, job.State);
        test.Pump();
        Assert.Equal(JobState.Completed, job.State);
    }
}
