using Conveyor.Fast.Cli.FlowFiles;
using Conveyor.Fast.Cli.Running;
using Spectre.Console;

namespace Conveyor.Fast.Cli.Output;

/// <summary>Draws the flow on a terminal while it runs, and leaves the last picture there.</summary>
internal sealed class LiveTree(IAnsiConsole terminal, NodeRuns runs, TimeProvider clock)
{
    /// <summary>Columns that a level of the tree moves to the right.</summary>
    private const int Indent = 4;

    /// <summary>Columns that a job needs for its name and time.</summary>
    private const int MinLabelWidth = 24;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Draws until the task has ended, however it ends.</summary>
    public Task ShowAsync(Task run) => terminal.Live(Draw(withCounts: true)).Overflow(VerticalOverflow.Crop).StartAsync(async context =>
    {
        using var timer = new PeriodicTimer(s_interval, clock);
        while (!run.IsCompleted)
        {
            context.UpdateTarget(Draw(withCounts: true));
            await Task.WhenAny(run, timer.WaitForNextTickAsync().AsTask());
        }

        context.UpdateTarget(Draw(withCounts: false));
    });

    private Rows Draw(bool withCounts)
    {
        // One row for the counts, and one that the cursor stands on.
        int rows = Math.Max(1, terminal.Profile.Height - 2);
        int levels = Math.Max(1, (terminal.Profile.Width - MinLabelWidth) / Indent);
        lock (runs.Gate)
        {
            Tree tree = DrawTree(TreeSelection.Select(runs, rows, levels));
            return withCounts ? new Rows(tree, new Text(StateWords.Counts(runs), new Style(decoration: Decoration.Dim))) : new Rows(tree);
        }
    }

    private Tree DrawTree(List<FlowFileNode> shown)
    {
        var tree = new Tree(Label(runs.Root)) { Guide = terminal.Profile.Capabilities.Unicode ? TreeGuide.Line : TreeGuide.Ascii };
        var branches = new Dictionary<FlowFileNode, (IHasTreeNodes Branch, int Shown)>(ReferenceEqualityComparer.Instance) { [shown[0]] = (tree, 0) };
        foreach (FlowFileNode node in shown.Skip(1))
        {
            (IHasTreeNodes parent, int siblings) = branches[node.Parent!];
            branches[node] = (parent.AddNode(Label(runs[node])), 0);
            branches[node.Parent!] = (parent, siblings + 1);
        }

        foreach ((FlowFileNode node, (IHasTreeNodes branch, int children)) in branches)
        {
            if (node.Children.Count > children)
            {
                branch.AddNode(new Text($"and {node.Children.Count - children:N0} more", new Style(decoration: Decoration.Dim)));
            }
        }

        return tree;
    }

    private Paragraph Label(NodeRun run)
    {
        (string sign, Color color) = run.State switch
        {
            NodeRunState.Running => ("▶", Color.Blue),
            NodeRunState.Completed => ("✓", Color.Green),
            NodeRunState.Failed => ("✗", Color.Red),
            NodeRunState.Canceled or NodeRunState.Removed => ("-", Color.Yellow),
            _ => ("·", Color.Grey),
        };
        var label = new Paragraph { Overflow = Overflow.Ellipsis };
        if (terminal.Profile.Capabilities.Unicode)
        {
            label.Append($"{sign} ", new Style(color));
        }

        label.Append(OneLine.Of(run.Node.Name, maxLength: 100));
        if (run.State != NodeRunState.Waiting)
        {
            label.Append($"  {StateWords.Of(run.State)}", new Style(color));
        }

        TimeSpan? duration = run.State == NodeRunState.Running && run.Duration is null ? clock.GetElapsedTime(run.StartedAt) : run.Duration;
        if (duration is { } time)
        {
            label.Append($"  {DurationFormat.Of(time)}", new Style(decoration: Decoration.Dim));
        }

        if (run.Reason is { } reason && run.State != NodeRunState.Completed)
        {
            label.Append($"  {OneLine.Of(reason, maxLength: 100)}", new Style(color));
        }

        return label;
    }
}
