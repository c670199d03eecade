using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

/// <summary>The clock comes to a job's time before the job is under it: a subscriber that hears of the delay moves it there.</summary>
public class OverdueTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly JobOptions s_retried = new() { Attempts = 2, Backoff = Backoff.Fixed(s_second) };

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    public static TheoryData<string> Ways => ["retry", "move", "add", "bulk", "flow", "parent"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task JobThatIsDueAsSoonAsItIsDelayed_WithATimer_RunsAtOnce(string way)
    {
        await using LiveStore test = new();
        Func<Job, object?> handler = Handler();
        test.Work("q", (job, _) => new ValueTask<object?>(handler(job)));
        test.Store.Events.Subscribe(_ => test.Time.Advance(s_second), JobEventType.Delayed);
        await Add(test.Queue("q"), test.Flows, way).WaitUntilFinishedAsync(TestToken).Within();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void JobThatIsDueAsSoonAsItIsDelayed_Pumped_RunsInTheNextPump(string way)
    {
        using PumpedStore test = new();
        test.Work("q", Handler());
        test.Store.Events.Subscribe(_ => test.Time.Advance(s_second), JobEventType.Delayed);
        JobHandle job = Add(test.Queue("q"), test.Flows, way);
        test.Pump();
        test.Pump();
        Assert.Equal(JobState.Completed, job.State);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void PumpUntil_JobIsDueAsSoonAsItIsDelayed_GoesOn(string way)
    {
        using PumpedStore test = new();
        test.Work("q", Handler());
        test.Store.Events.Subscribe(_ => test.Time.Advance(s_second), JobEventType.Delayed);
        Assert.True(test.Store.PumpUntil(Add(test.Queue("q"), test.Flows, way), TimeSpan.FromSeconds(30)));
    }

    /// <summary>The first run of some jobs sends them back under the clock.</summary>
    private static Func<Job, object?> Handler()
    {
        bool isFirst = true;
        return job =>
        {
            bool mayEnd = !isFirst;
            isFirst = false;
            switch (job.Name)
            {
                case "retry" when !mayEnd:
                    throw new InvalidOperationException("once");
                case "move" when !mayEnd:
                    job.MoveToDelayed(s_second);
                    break;
            }

            return null;
        };
    }

    private static JobHandle Add(JobQueue queue, FlowProducer flows, string way)
    {
        JobOptions delayed = new() { Delay = s_second };
        return way switch
        {
            "add" => queue.AddDelayed("job", 0, s_second),
            "bulk" => queue.AddBulk([new JobRequest<int>("job", 0) { Delay = s_second }])[0],
            "flow" => flows.Add(new FlowJob("parent", "q") { Children = [new FlowJob("child", "q") { Options = delayed }] }).Job,
            "parent" => flows.Add(new FlowJob("parent", "q") { Options = delayed, Children = [new FlowJob("child", "q")] }).Job,
            _ => queue.Add(way, s_retried),
        };
    }
}
