namespace Conveyor.Fast.Throughput.Measuring;

/// <summary>
/// One side of a comparison: a piece of work that is run again and again, with the clock on in <see cref="Run"/> only.
/// </summary>
internal abstract class Workload : IDisposable
{
    /// <summary>Jobs (or items, on a baseline's side) in one run.</summary>
    public abstract int Jobs { get; }

    /// <summary>True when everything happens on the calling thread, so that its allocations are all there are.</summary>
    public virtual bool OneThread => true;

    /// <summary>False when only memory is looked at: then there is no warm-up and no time is reported.</summary>
    public virtual bool Timed => true;

    /// <summary>False when a run is so long, or so much of its own, that no other goes before it.</summary>
    public virtual bool WarmsUp => Timed;

    /// <summary>How many runs a figure takes at least.</summary>
    public virtual int FewestRounds => Timed ? 7 : 3;

    /// <summary>Puts everything where the run expects it; outside the clock.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>The measured part: from the first add to the recorded end of the last job.</summary>
    public abstract void Run();

    /// <summary>Throws <see cref="WrongAnswerException"/> unless the run did all its work, in order; outside the clock.</summary>
    public abstract void Check();

    /// <summary>The figure in nanoseconds; by default the run's time shared among its jobs.</summary>
    public virtual double NanosecondsPerJob(TimeSpan elapsed) => elapsed.TotalNanoseconds / Jobs;

    /// <summary>The figure in bytes; by default what was allocated during the run, shared among its jobs.</summary>
    public virtual double BytesPerJob(long allocatedBytes) => (double)allocatedBytes / Jobs;

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    /// <summary>Part of <see cref="Check"/>: one count of the answer.</summary>
    protected void Expect(string what, long expected, long actual)
    {
        if (expected != actual)
        {
            throw new WrongAnswerException($"{GetType().Name}: {what}: expected {expected:N0}, got {actual:N0}.");
        }
    }
}
