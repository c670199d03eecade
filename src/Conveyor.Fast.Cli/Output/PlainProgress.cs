using Conveyor.Fast.Cli.FlowFiles;
using Conveyor.Fast.Cli.Running;

namespace Conveyor.Fast.Cli.Output;

/// <summary>Writes a line for every job that ends: state, name, path, duration, reason.</summary>
internal sealed class PlainProgress(TextWriter writer) : IRunProgress
{
    public void Retrying(NodeRun run) =>
        Write("retrying", run, $"attempt {run.Attempts} of {run.Node.Attempts}: {run.Reason}");

    public void Ended(NodeRun run)
    {
        // After a failure there can be a million of them, and they are counted in the last line.
        if (run.State != NodeRunState.Canceled || run.Attempts > 0)
        {
            Write(StateWords.Of(run.State), run, run.Reason);
        }
    }

    private void Write(string word, NodeRun run, string? reason)
    {
        string path = run.Node.Parent is null ? "root" : NodePath.Short(run.Node);
        string duration = run.Duration is { } time ? $"  {DurationFormat.Of(time)}" : "";
        string why = reason is null ? "" : $"  {OneLine.Of(reason)}";
        writer.WriteLine($"{word,-9}  {OneLine.Of(run.Node.Name)} ({path}){duration}{why}");
    }
}
