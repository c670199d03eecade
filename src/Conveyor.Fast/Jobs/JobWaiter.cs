namespace Conveyor.Fast.Jobs;

/// <summary>Somebody who waits for a job's end. While the wait is open it lies in its job's ring; whoever takes it out ends it, and nobody else.</summary>
internal abstract class JobWaiter
{
    /// <summary>The job that was given this wait; 0 if none was, because a custom id or a key led to another one.</summary>
    public long AwaitedId { get; set; }

    /// <summary>By its step, an end that came earlier is of another life and not for this wait.</summary>
    public long Since { get; set; }

    /// <summary>Where it was registered.</summary>
    public JobWaiters? Home { get; set; }

    // Under the home's lock.
    public bool IsOpen { get; set; }

    public JobWaiter? Next { get; set; }

    public JobWaiter? Previous { get; set; }

    /// <summary>Called once, by who has taken the wait after the terminal step, with nothing of the caller's run inside.</summary>
    public abstract void Complete(in JobOutcome outcome);

    /// <summary>The wait is over without an end: the store is disposed, the token has fired or the time limit is reached.</summary>
    public abstract void Abandon(Exception reason);
}
