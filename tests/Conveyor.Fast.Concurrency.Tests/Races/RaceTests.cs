namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>Every pair of the table that can meet, on two threads, as often as the budget says.</summary>
[Collection(AllProcessors.Name)]
public class RaceTests
{
    public static TheoryData<string> Pairs { get; } = [.. PairTable.Races.Select(static race => race.Name)];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Pair_Raced_ComesToNothingButWhatOneAfterTheOtherComesTo(string pair) => PairTable.Races.Single(race => race.Name == pair).Play();
}
