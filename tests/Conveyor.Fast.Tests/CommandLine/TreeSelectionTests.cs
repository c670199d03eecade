using Conveyor.Fast.Cli.FlowFiles;
using Conveyor.Fast.Cli.Output;
using Conveyor.Fast.Cli.Running;

namespace Conveyor.Fast.Tests.CommandLine;

public sealed class TreeSelectionTests
{
    [Fact]
    public void Select_FlowThatFits_ShowsEveryJobInOrder()
    {
        NodeRuns runs = Runs(FlowFileText.Siblings(10));

        Assert.Equal(runs.All.Select(run => run.Node), TreeSelection.Select(runs, rows: 11, levels: 10));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20)]
    public void Select_FlowThatDoesNotFit_NeedsNoMoreRowsThanThereAre(int rows)
    {
        NodeRuns runs = Runs(FlowFileText.Siblings(1_000));

        List<FlowFileNode> shown = TreeSelection.Select(runs, rows, levels: 10);

        Assert.InRange(shown.Count, 1, Math.Max(1, rows / 2));
        Assert.Same(runs.Root.Node, shown[0]);
    }

    [Fact]
    public void Select_RunningJob_IsShownWithItsAncestors()
    {
        NodeRuns runs = Runs($$"""
            {"name":"root","queueName":"q","children":[{{string.Join(',', Enumerable.Repeat("""{"name":"x","queueName":"q","children":[{"name":"y","queueName":"q"}]}""", 500))}}]}
            """);
        NodeRun running = runs.All[^1];
        runs.BeginAttempt(running);

        List<FlowFileNode> shown = TreeSelection.Select(runs, rows: 10, levels: 10);

        Assert.Contains(running.Node, shown);
        Assert.Contains(running.Node.Parent!, shown);
        Assert.Equal(shown.OrderBy(node => node.Order), shown);
    }

    [Fact]
    public void Select_JobDeeperThanTheTerminalIsWide_IsNotShown()
    {
        NodeRuns runs = Runs(FlowFileText.Chain(100));
        runs.BeginAttempt(runs.All[^1]);

        Assert.Equal(10, TreeSelection.Select(runs, rows: 200, levels: 10).Count);
    }

    private static NodeRuns Runs(string json) => new(FlowFileText.Read(json), TimeProvider.System, new NoProgress());
}
