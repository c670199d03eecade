namespace Conveyor.Fast.Throughput.Scenarios;

/// <summary>
/// The flow of 1 + 10 and how many of it a pass has. Everything is on one queue, so that a parent may run where its last
/// child did. Descriptors built beforehand are as many as one batch and are used in turn: they are as warm as the ones
/// a caller has just built, and each adds a new flow every time.
/// </summary>
internal static class FlowShape
{
    public const int Children = 10;
    public const int FlowsPerPass = 20_000;
    public const int JobsPerPass = FlowsPerPass * (1 + Children);

    /// <summary>
    /// Passes in one run with threads, one after the other's end. Where threads meet is a matter of luck for a whole
    /// pass; several passes even it out.
    /// </summary>
    public const int Passes = 5;

    /// <summary>Flows added before a pumped store is pumped: a tick's worth.</summary>
    public const int Batch = 100;

    public const string Queue = "flows";
    public const string ParentName = "parent";
    public const string ChildName = "child";

    public static FlowJob Build()
    {
        var children = new FlowJob[Children];
        for (int i = 0; i < children.Length; i++)
        {
            children[i] = new FlowJob(ChildName, Queue);
        }

        return new FlowJob(ParentName, Queue) { Children = children };
    }

    public static FlowJob[] BuildBatch()
    {
        var flows = new FlowJob[Batch];
        for (int i = 0; i < flows.Length; i++)
        {
            flows[i] = Build();
        }

        return flows;
    }
}
