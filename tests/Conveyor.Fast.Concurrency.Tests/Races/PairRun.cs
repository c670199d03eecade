namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>
/// Two things that two threads do at once, over and over, with jobs of its own. Trials are made in batches; what has become
/// of a batch is looked at together. <see cref="PairThreads"/> runs it.
/// </summary>
internal abstract class PairRun : IDisposable
{
    public const int Batch = 64;

    /// <summary>What was seen, for the report.</summary>
    public virtual IReadOnlyList<(long Count, string What)> Seen => [];

    /// <summary>The gate that the two sides have passed.</summary>
    public StartingGate Gate { get; set; } = null!;

    public abstract void Dispose();

    /// <summary>Once, before the first batch, on one thread.</summary>
    public virtual void Begin()
    {
    }

    public abstract void Prepare(int batch);

    public abstract void DoA(int trial);

    public abstract void DoB(int trial);

    /// <summary>Checks a batch and clears it away. Returns by how many trials A came first; below zero B did.</summary>
    public abstract int Look(int batch);
}
