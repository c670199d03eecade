namespace Conveyor.Fast;

/// <summary>A queue at a glance.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Counts">Its jobs by state.</param>
/// <param name="Capacity">Its bound, null for none.</param>
/// <param name="RoomTaken">Jobs that take room in a bounded queue, 0 in others; over the bound by what handlers and retries forced in.</param>
/// <param name="Schedules">Its schedules; each has one job that has not ended.</param>
/// <param name="IsPaused">Whether it is paused.</param>
public sealed record JobQueueInfo(string Name, JobCounts Counts, int? Capacity, int RoomTaken, int Schedules, bool IsPaused);
