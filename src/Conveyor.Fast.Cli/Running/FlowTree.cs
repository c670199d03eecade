using Conveyor.Fast.Cli.FlowFiles;

namespace Conveyor.Fast.Cli.Running;

/// <summary>Turns a flow file into what the engine takes.</summary>
internal static class FlowTree
{
    /// <returns>The root. Every job's payload is its <see cref="NodeRun"/>.</returns>
    public static FlowJob Build(NodeRuns runs)
    {
        var jobs = new FlowJob[runs.All.Count];

        // Backwards, so that the children of a job exist before it.
        for (int i = jobs.Length - 1; i >= 0; i--)
        {
            FlowFileNode node = runs.All[i].Node;
            jobs[i] = new FlowJob(node.Name, node.QueueName, runs.All[i])
            {
                Options = node.Options,
                Children = [.. node.Children.Select(child => jobs[child.Order])],
            };
        }

        return jobs[0];
    }
}
