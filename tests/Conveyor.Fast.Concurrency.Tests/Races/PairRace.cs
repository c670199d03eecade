using System.Diagnostics;

namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>A pair that is raced.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="IsDecisive">Whether both sides may settle an edge.</param>
/// <param name="Make">Sets up a run of it.</param>
internal sealed record PairRace(string Name, bool IsDecisive, Func<PairRun> Make)
{
    private const int DecisiveWeight = 10;

    private int Weight => IsDecisive ? DecisiveWeight : 1;

    /// <summary>Races it as often as the budget says.</summary>
    public void Play()
    {
        Budget budget = Budget.Current;
        double share = (double)Weight / PairTable.Races.Sum(static race => race.Weight);
        long begun = Stopwatch.GetTimestamp();
        long size = IsDecisive ? budget.DecisiveRaces : budget.Races;
        using PairThreads threads = new(Make);
        long done = threads.Go(size, soFar => budget.MayGoOn(soFar, size, begun, share));
        budget.Report($"race of {Name}", $"{done:N0} trials, {threads.Met:N0} with both sides at the gate at once{threads.Summary}, {Stopwatch.GetElapsedTime(begun).TotalMicroseconds / done:F1} us each");
    }
}
