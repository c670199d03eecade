using System.Diagnostics;

namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>Every pair of the table that can meet, on two threads, as often as the budget says.</summary>
[Collection(AllProcessors.Name)]
public class RaceTests
{
    private const int DecisiveWeight = 10;

    public static TheoryData<string> Pairs { get; } = [.. PairTable.Races.Select(static race => race.Name)];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Pair_Raced_ComesToNothingButWhatOneAfterTheOtherComesTo(string pair)
    {
        PairRace race = PairTable.Races.Single(one => one.Name == pair);
        Budget budget = Budget.Current;
        double weights = PairTable.Races.Sum(static one => one.IsDecisive ? DecisiveWeight : 1);
        double share = (race.IsDecisive ? DecisiveWeight : 1) / weights;
        long begun = Stopwatch.GetTimestamp();
        long size = race.IsDecisive ? budget.DecisiveRaces : budget.Races;
        using PairRun run = race.Make();
        long done = run.Go(size, soFar => budget.MayGoOn(soFar, size, begun, share));
        budget.Report($"race of {pair}", $"{done:N0} trials, {run.Met:N0} with both sides at the gate at once{run.Summary}, {Stopwatch.GetElapsedTime(begun).TotalMicroseconds / done:F1} us each");
    }
}
