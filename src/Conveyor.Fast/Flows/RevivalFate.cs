namespace Conveyor.Fast.Flows;

/// <summary>What became of a retry by hand.</summary>
internal enum RevivalFate
{
    Ready,
    WaitsForChildren,
    Refused,
    StillRunning,
    NotFound,
}
