namespace Conveyor.Fast.Flows;

/// <summary>A job that a removal has taken its step with, and the words before and after it.</summary>
internal readonly record struct RemovedJob(long Id, long Old, long Word);
