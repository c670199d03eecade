namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What the subscriber does.</summary>
internal sealed partial class StoryTeller
{
    private Reaction MakeReaction(string self) => new(
        Choose(
            JobEventType.Added, JobEventType.Waiting, JobEventType.Waiting, JobEventType.WaitingChildren, JobEventType.Delayed, JobEventType.Active,
            JobEventType.Completed, JobEventType.Completed, JobEventType.Failed, JobEventType.Failed, JobEventType.Canceled, JobEventType.Removed,
            JobEventType.Retrying, JobEventType.RetriesExhausted, JobEventType.Stalled),
        [.. Enumerable.Range(0, _random.Next(1, 3)).Select(_ => MakeAct(self))]);

    private Operation MakeAct(string self)
    {
        string job = Chance(2) ? self : Name();
        return _random.Next(16) switch
        {
            < 2 => MakeAddInside(),
            2 => MakeAddFlow(inside: true),
            < 5 => _hasRuns && Chance(3) ? new Operation.FireToken(job) : new Operation.Cancel(job, Chance(2) ? null : "by a subscriber", Chance(2)),
            < 7 => new Operation.Remove(job, Chance(2)),
            < 11 => new Operation.Retry(job, Chance(2)),
            11 => Chance(2) ? MakePause() : Chance(2) ? new Operation.Resume(_random.Next(_workers)) : new Operation.ResumeQueue(Queue()),
            12 => Chance(2) ? new Operation.Wait(job, null) : new Operation.SetConcurrency(_random.Next(_workers), _random.Next(1, 4)),
            13 => new Operation.Promote(job),
            14 => Chance(2) ? new Operation.ChangeDelay(job, _random.Next(1, 6)) : new Operation.PromoteJobs(Queue()),
            _ => new Operation.RetryAll(Queue()),
        };
    }
}
