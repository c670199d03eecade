using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>Jobs that end together are all on record before anybody hears of one: who hears of it may call anything.</summary>
public class EndingTests
{
    private static readonly InvalidOperationException s_boom = new("boom");

    public static TheoryData<string, string> Ends => new MatrixTheoryData<string, string>(
        ["fail", "cancel", "remove", "removed by policy"],
        ["read", "children", "remove", "retry", "cancel", "wait"]);

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Subscriber_ActsOnJobsThatEndTogether_IsNotBlocked(string end, string action)
    {
        using PumpedStore test = new();
        test.Work("q", job => job.Name == "a" && end != "remove" ? throw s_boom : null);
        JobOptions options = new() { FailParentOnChildFailure = end == "removed by policy" ? ChildFailurePolicy.Remove : ChildFailurePolicy.Fail };
        FlowJob Middle(string name) => new(name, "q") { Options = options, Children = [new FlowJob("a", "q")] };
        FlowResult flow = test.Flows.Add(new FlowJob("root", "q") { Options = options, Children = [Middle("left"), Middle("right")] });
        JobHandle[] all = [flow.Job, .. flow.Children.Select(static child => child.Job), .. flow.Children.Select(static child => child.Children[0].Job)];
        int heard = 0;
        List<JobEvent> errors = [];
        using IDisposable errorSubscription = test.Store.Events.Subscribe((Action<JobEvent>)errors.Add, JobEventType.Error);
        using IDisposable subscription = test.Store.Events.Subscribe(
            occurrence =>
            {
                if (heard++ < 100)
                {
                    Array.ForEach(all, job => Act(action, job));
                }
            },
            JobEventType.Failed,
            JobEventType.Canceled,
            JobEventType.Removed);
        Action ends = () =>
        {
            test.Store.Pump(1);
            _ = end switch
            {
                "cancel" => flow.Job.Cancel(),
                "remove" => flow.Job.Remove(),
                _ => true,
            };
            test.Pump();
        };
        await Task.Run(ends, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.NotEqual(0, heard);
        Assert.Empty(errors);
    }

    private static void Act(string action, JobHandle job)
    {
        switch (action)
        {
            case "children":
                Assert.All(job.Children, static child => Assert.NotNull(child.Name));
                break;
            case "remove":
                job.Remove(keepChildren: true);
                break;
            case "retry" when job.State is JobState.Failed or JobState.Canceled:
                job.Retry();
                break;
            case "cancel":
                job.Cancel();
                break;
            case "wait":
                Assert.NotNull(job.WaitUntilFinishedAsync().AsTask());
                break;
            default:
                job.TryGetInfo(out _);
                break;
        }
    }
}
