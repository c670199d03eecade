namespace Conveyor.Fast.Jobs;

/// <summary>So many jobs for one bounded queue.</summary>
internal readonly record struct RoomDemand(QueueRoom Room, int Count);
