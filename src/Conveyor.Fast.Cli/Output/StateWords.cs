using Conveyor.Fast.Cli.Running;

namespace Conveyor.Fast.Cli.Output;

/// <summary>The states as they are printed.</summary>
internal static class StateWords
{
    public static string Of(NodeRunState state) => state switch
    {
        NodeRunState.Waiting => "waiting",
        NodeRunState.Running => "running",
        NodeRunState.Completed => "completed",
        NodeRunState.Failed => "failed",
        NodeRunState.Canceled => "canceled",
        _ => "removed",
    };

    /// <summary>How many jobs are in which state, without the states that have none.</summary>
    public static string Counts(NodeRuns runs) => string.Join(
        ", ",
        Enum.GetValues<NodeRunState>().Where(state => runs.Count(state) > 0).Select(state => $"{runs.Count(state):N0} {Of(state)}"));
}
