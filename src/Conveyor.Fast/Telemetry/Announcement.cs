namespace Conveyor.Fast.Telemetry;

/// <summary>One event and who hears of it beside the store's subscribers.</summary>
internal readonly record struct Announcement(JobEvent Event, JobEvents? Queue, JobEvents? Worker);
