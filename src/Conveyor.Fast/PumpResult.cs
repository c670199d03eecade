namespace Conveyor.Fast;

/// <summary>What a pump has done and what is left.</summary>
/// <param name="JobsRun">Runs started by this pump.</param>
/// <param name="JobsReady">Jobs that wait for a pumped worker, also while their queue is paused; canceled ones that are still in line count until they are met.</param>
/// <param name="JobsSuspended">Handlers of pumped workers that await something.</param>
/// <param name="NextDue">How long until the next delayed job falls due or, while a handler is suspended, the next time limit may be over; null if there is none.</param>
public readonly record struct PumpResult(int JobsRun, int JobsReady, int JobsSuspended, TimeSpan? NextDue);
