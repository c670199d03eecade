namespace Conveyor.Fast.Cli.Running;

/// <summary>Where a job of the flow is, as the command line shows it.</summary>
internal enum NodeRunState : byte
{
    /// <summary>Not started, or between two attempts.</summary>
    Waiting = 0,
    Running,
    Completed,
    Failed,
    Canceled,

    /// <summary>Taken out of the engine by its policy, because a child failed.</summary>
    Removed,
}
