using Conveyor.Fast.Cli.FlowFiles;
using Conveyor.Fast.Cli.Running;

namespace Conveyor.Fast.Cli.Output;

/// <summary>Chooses the jobs of a flow that a terminal shows: the latest failure, what runs, then the upper levels.</summary>
internal static class TreeSelection
{
    /// <summary>Call it under <see cref="NodeRuns.Gate"/>. What it costs depends on the terminal and on what runs, not on the flow.</summary>
    /// <param name="runs">The book on the flow.</param>
    /// <param name="rows">How many rows there are, those that count the hidden children of a job included.</param>
    /// <param name="levels">How many levels are wide enough to read.</param>
    /// <returns>Every shown job before its children, each with all its ancestors.</returns>
    public static List<FlowFileNode> Select(NodeRuns runs, int rows, int levels)
    {
        // Each shown job may need a row for its hidden children.
        int budget = runs.All.Count <= rows ? rows : Math.Max(1, rows / 2);
        var shown = new HashSet<FlowFileNode>(ReferenceEqualityComparer.Instance) { runs.Root.Node };
        if (runs.LastFailed is { } failed)
        {
            AddWithAncestors(shown, failed.Node, budget, levels);
        }

        foreach (NodeRun run in runs.Running)
        {
            AddWithAncestors(shown, run.Node, budget, levels);
        }

        AddUpperLevels(shown, runs.Root.Node, budget, levels);
        return [.. shown.OrderBy(node => node.Order)];
    }

    private static void AddWithAncestors(HashSet<FlowFileNode> shown, FlowFileNode node, int budget, int levels)
    {
        if (node.Level > levels)
        {
            return;
        }

        var added = new List<FlowFileNode>();
        for (FlowFileNode? next = node; next is not null && !shown.Contains(next); next = next.Parent)
        {
            added.Add(next);
        }

        if (shown.Count + added.Count <= budget)
        {
            shown.UnionWith(added);
        }
    }

    private static void AddUpperLevels(HashSet<FlowFileNode> shown, FlowFileNode root, int budget, int levels)
    {
        var open = new Queue<FlowFileNode>([root]);
        while (open.TryDequeue(out FlowFileNode? node) && node.Level < levels)
        {
            foreach (FlowFileNode child in node.Children)
            {
                if (shown.Count >= budget)
                {
                    return;
                }

                shown.Add(child);
                open.Enqueue(child);
            }
        }
    }
}
