using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Telemetry;

/// <summary>A subscriber may look at every job that ended in the step it hears of: the look neither hangs nor sees half of it.</summary>
public class LookFromSubscriberTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Failed_HeardOfAChild_ItsParentsHaveFailed()
    {
        using PumpedStore test = new();
        test.Work("q", job => job.Name == "leaf" ? throw new InvalidOperationException("boom") : null);
        FlowResult flow = test.Flows.Add(Chain());
        List<string> seen = [];
        test.Store.Events.Subscribe(occurrence => seen.Add($"{occurrence.JobName} {Look(flow)}"), JobEventType.Failed);
        await Task.Run(test.Pump).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        Assert.Equal(["leaf Failed Failed Failed", "middle Failed Failed Failed", "root Failed Failed Failed"], seen);
    }

    [Fact]
    public async Task Canceled_HeardOfAParent_ItsChildrenAreCanceled()
    {
        using PumpedStore test = new();
        FlowResult flow = test.Flows.Add(Chain());
        List<string> seen = [];
        test.Store.Events.Subscribe(occurrence => seen.Add($"{occurrence.JobName} from {occurrence.PreviousState} {Look(flow)}"), JobEventType.Canceled);
        Assert.True(await Task.Run(() => flow.Job.Cancel()).WaitAsync(s_limit, TestContext.Current.CancellationToken));
        Assert.Equal(
            ["root from WaitingChildren Canceled Canceled Canceled", "middle from WaitingChildren Canceled Canceled Canceled", "leaf from Waiting Canceled Canceled Canceled"],
            seen);
    }

    [Fact]
    public async Task Removed_HeardOfAParent_ItsEndedChildrenAreGone()
    {
        using PumpedStore test = new();
        test.Work("q");
        FlowResult flow = test.Flows.Add(Chain());
        test.Pump();
        flow.Job.Retry(includeCompleted: true);
        List<string> seen = [];
        test.Store.Events.Subscribe(occurrence => seen.Add($"{occurrence.JobName} {Look(flow)}"), JobEventType.Removed);
        Assert.True(await Task.Run(() => flow.Job.Remove()).WaitAsync(s_limit, TestContext.Current.CancellationToken));
        Assert.Equal(["root None None None", "middle None None None", "leaf None None None"], seen);
    }

    private static FlowJob Chain() => new("root", "q") { Children = [new FlowJob("middle", "q") { Children = [new FlowJob("leaf", "q")] }] };

    private static string Look(FlowResult flow) => $"{flow.Job.State} {flow.Children[0].Job.State} {flow.Children[0].Children[0].Job.State}";
}
