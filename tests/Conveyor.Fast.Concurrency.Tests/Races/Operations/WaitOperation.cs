namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A wait for the job's end begins. Once the job has ended or is gone, so has the wait.</summary>
internal sealed class WaitOperation() : Operation("wait")
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private readonly Task[] _waits = new Task[RaceRun.Batch];

    // Where nothing is kept, a job that ended a moment ago may be gone already: either way there is nothing to wait for.
    public override Fate Do(Hand hand, int trial, long id)
    {
        Task wait = _waits[trial] = hand.Races.Handle(id).WaitUntilFinishedAsync<object?>().AsTask();
        return wait.IsCompleted ? Fate.TooLate : Fate.Done;
    }

    // Its continuation runs on the thread pool.
    public override void CheckCleared(int trial) => Assert.True(SpinWait.SpinUntil(() => _waits[trial].IsCompleted, s_limit), "the job is gone, and the wait for it goes on");
}
