namespace Conveyor.Fast.Admission;

/// <summary>A time at which a schedule's job is due.</summary>
/// <param name="Delay">How long until then.</param>
/// <param name="DueAt">When that is.</param>
/// <param name="IsDated">Whether it is a date, so that a clock set back is waited for.</param>
internal readonly record struct Slot(TimeSpan Delay, DateTimeOffset DueAt, bool IsDated);
