namespace Conveyor.Fast.Concurrency.Tests.Linearizability;

/// <summary>Who holds the two custom ids, and in what state; 0 for nobody.</summary>
internal readonly record struct StoreModel(long X, long Y, JobState StateOfX, JobState StateOfY)
{
    public (long Id, JobState State) this[int job] => job == 0 ? (X, StateOfX) : (Y, StateOfY);

    public StoreModel With(int job, long id, JobState state) =>
        job == 0 ? this with { X = id, StateOfX = state } : this with { Y = id, StateOfY = state };
}
