namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>The list of fields that may race and the design's table name each other.</summary>
public class SharedFieldsTests
{
    [Fact]
    public void Rows_OfFieldsThatMayRace_AreInTheDesign()
    {
        using StreamReader reader = new(typeof(SharedFields).Assembly.GetManifestResourceStream("DESIGN.md")!);
        string design = reader.ReadToEnd();
        Assert.All(SharedFields.Rows, row => Assert.Contains($"\n| {row} |", design, StringComparison.Ordinal));
    }
}
