namespace Conveyor.Fast.Cli.FlowFiles;

/// <summary>A flow file that has been read and checked.</summary>
/// <param name="Jobs">All jobs, every parent before its children; the first one is the root.</param>
/// <param name="Queues">How many jobs each queue gets.</param>
/// <param name="Levels">1 for a root without children.</param>
internal sealed record FlowFile(IReadOnlyList<FlowFileNode> Jobs, IReadOnlyDictionary<string, int> Queues, int Levels)
{
    public FlowFileNode Root => Jobs[0];
}
