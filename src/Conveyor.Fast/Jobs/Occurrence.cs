namespace Conveyor.Fast.Jobs;

/// <summary>What tells a schedule's jobs from each other.</summary>
/// <param name="ScheduleId">The schedule's id in its queue.</param>
/// <param name="Number">Which one of its schedule it is, from 1.</param>
/// <param name="DueAt">The slot.</param>
/// <param name="IsDated">Whether the slot is a date: the job then waits for the clock to show it, not for a time to pass only.</param>
internal sealed record Occurrence(string ScheduleId, long Number, DateTimeOffset DueAt, bool IsDated);
