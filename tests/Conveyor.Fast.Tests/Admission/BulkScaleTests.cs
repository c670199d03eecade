using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Admission;

[Collection(Alone.Name)]
public class BulkScaleTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Behaviour", "BLK-10")]
    public void AddBulk_HundredThousandItems_TakesLinearTime(bool withCustomIds)
    {
        // Linear work costs ten times as much for ten times the items; quadratic work a hundred times.
        // The quickest of several rounds: other work on the machine only makes one slower.
        TimeSpan tenth = TimeSpan.MaxValue;
        TimeSpan whole = TimeSpan.MaxValue;
        for (int round = 0; round < 3 || (round < 20 && whole >= tenth * 50); round++)
        {
            tenth = new[] { tenth, Measure(10_000, withCustomIds) }.Min();
            whole = new[] { whole, Measure(100_000, withCustomIds) }.Min();
        }

        Assert.True(whole < tenth * 50, $"10,000 items took {tenth}, 100,000 items {whole}");
    }

    /// <summary>With custom ids each comes twice, so that half of the items find theirs taken.</summary>
    private static TimeSpan Measure(int count, bool withCustomIds)
    {
        using PumpedStore test = new();
        JobRequest<int>[] requests = [.. Enumerable.Range(0, count).Select(i => new JobRequest<int>("job", i) { CustomId = withCustomIds ? $"{i % (count / 2)}" : null })];
        long start = TimeProvider.System.GetTimestamp();
        JobHandle[] handles = test.Queue("q").AddBulk(requests);
        TimeSpan took = TimeProvider.System.GetElapsedTime(start);
        Assert.Equal(count, handles.Length);
        Assert.Equal(withCustomIds ? count / 2 : count, test.Queue("q").GetJobCounts().Waiting);
        return took;
    }
}
