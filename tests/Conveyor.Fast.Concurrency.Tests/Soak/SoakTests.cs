namespace Conveyor.Fast.Concurrency.Tests.Soak;

[Collection(AllProcessors.Name)]
public class SoakTests
{
    private const long MostGrowth = 8_000_000;

    /// <summary>What the load has at hand at its peak, with what is kept; what leaks grows without a bound.</summary>
    private const int MostSlots = 24_000;
    private const int MostUsedSlots = 4_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Store_UnderAllLoadAtOnce_StaysWholeAndFlat(bool isHeard)
    {
        double seconds = Budget.Current.SoakSeconds / 2;
        using SoakRun run = new(isHeard);
        Footprint begun = run.Run(seconds / 10);
        long ranAtFirst = run.Ran;
        Footprint ended = run.Run(seconds * 9 / 10);
        Budget.Current.Report($"soak {(isHeard ? "with" : "without")} a subscriber", $"{seconds:F0} s, {run.Added:N0} jobs added by hand, {run.Ran:N0} runs{(run.Book is { } book ? $" ({book.TimedOut:N0} timed out, {book.Stalled:N0} stalled)" : "")}, from {begun} to {ended}");
        Assert.True(run.Ran > ranAtFirst && ranAtFirst > 0, "nothing has run");
        Assert.True(ended.Bytes < begun.Bytes + MostGrowth, $"from {begun} to {ended}");
        Assert.True(ended.UsedSlots <= MostUsedSlots && ended.Slots <= MostSlots, $"from {begun} to {ended}");
    }
}
