namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>
/// One thing that can happen to a job. What may come of two of them is what comes of one after the other, in either
/// order; a race adds to that what else is right when they overlap.
/// </summary>
internal abstract class Operation(string name)
{
    public string Name => name;

    /// <summary>Whether it begins with a job that has ended and is kept.</summary>
    public virtual bool NeedsEnds => false;

    /// <summary>Whether the job is to have a deduplication key.</summary>
    public virtual bool NeedsKeys => false;

    /// <summary>How many stalls the jobs survive.</summary>
    public virtual int MaxStalls => 1;

    /// <summary>Brings the job, which is new, to where the operation begins; nothing runs meanwhile.</summary>
    public virtual void Prepare(Hand hand, int trial, long id)
    {
    }

    /// <summary>The same where the job is the parent; its child is new, and is left unfinished.</summary>
    public virtual void PrepareParent(Hand hand, int trial, Family family)
    {
    }

    /// <summary>The operation itself, on the racing thread.</summary>
    public abstract Fate Do(Hand hand, int trial, long id);

    /// <summary>A parent of the job that the operation has brought, by its id; 0 for none.</summary>
    public virtual long GuestOf(int trial) => 0;

    /// <summary>When the trial's jobs are gone.</summary>
    public virtual void CheckCleared(int trial)
    {
    }

    public override string ToString() => Name;
}
