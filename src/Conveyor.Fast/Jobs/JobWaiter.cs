namespace Conveyor.Fast.Jobs;

/// <summary>Somebody who waits for a job's end.</summary>
internal abstract class JobWaiter
{
    /// <summary>Whether a job has been given this wait; not if its custom id led to another one.</summary>
    public bool IsRegistered { get; set; }

    /// <summary>The word that was seen before this wait: an end that came earlier is of another life and not for it.</summary>
    public long Since { get; set; }

    /// <summary>Called once, by the winner of the terminal step, with nothing of the caller's run inside.</summary>
    public abstract void Complete(in JobOutcome outcome);

    /// <summary>The wait is over without an end: the store is disposed, or the time limit reached.</summary>
    public abstract void Abandon(Exception reason);
}
