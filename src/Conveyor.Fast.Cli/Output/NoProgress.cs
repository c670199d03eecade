using Conveyor.Fast.Cli.Running;

namespace Conveyor.Fast.Cli.Output;

/// <summary>Says nothing: for <c>--quiet</c>, and beside a tree that is drawn from the book.</summary>
internal sealed class NoProgress : IRunProgress
{
    public void Retrying(NodeRun run)
    {
    }

    public void Ended(NodeRun run)
    {
    }
}
