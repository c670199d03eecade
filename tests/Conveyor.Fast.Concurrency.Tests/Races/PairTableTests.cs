namespace Conveyor.Fast.Concurrency.Tests.Races;

public class PairTableTests
{
    [Fact]
    public void Table_EveryPair_HasACell()
    {
        (string, string)[] pairs = [.. from i in Enumerable.Range(0, PairTable.Names.Count) from j in Enumerable.Range(i, PairTable.Names.Count - i) select (PairTable.Names[i], PairTable.Names[j])];
        Assert.Equal(pairs, PairTable.Cells.Select(static cell => (cell.Row, cell.Column)));
    }

    [Fact]
    public void Table_EveryCell_SaysWhereTheTwoMeetOrWhyNot() => Assert.All(PairTable.Cells, static cell =>
    {
        string reasons = string.Concat(cell.Cell.Where(static letter => !"JPCS*".Contains(letter)));
        Assert.True(reasons.Length <= 1 && cell.Cell.EndsWith(reasons, StringComparison.Ordinal), cell.Cell);
        Assert.All(reasons, static reason => Assert.Contains(reason, PairTable.Reasons));
    });

    [Fact]
    public void Table_EveryReason_IsUsed() => Assert.All(PairTable.Reasons.Keys, static reason => Assert.Contains(PairTable.Cells, cell => cell.Cell.EndsWith(reason)));

    [Fact]
    public void Table_PairsThatDecideASettlement_AreTwenty() => Assert.Equal(20, PairTable.Races.Count(static race => race.IsDecisive));
}
