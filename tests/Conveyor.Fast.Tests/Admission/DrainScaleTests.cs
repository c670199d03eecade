using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Admission;

/// <summary>Draining very many jobs, very deep and very wide flows.</summary>
[Collection(Alone.Name)]
public class DrainScaleTests(ITestOutputHelper output)
{
    private const int Million = 1_000_000;

    [Theory]
    [InlineData("plain")]
    [InlineData("siblings")]
    [InlineData("chain")]
    public void Drain_OfAMillionJobs_TakesSecondsAndNoStack(string shape)
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        if (shape == "plain")
        {
            queue.AddBulk([.. Enumerable.Range(0, Million).Select(static i => new JobRequest<int>("job", i) { Delay = i % 2 == 0 ? null : TimeSpan.FromSeconds(i) })]);
        }
        else
        {
            test.Flows.Start(shape == "chain" ? Chain(100_000) : new FlowJob("parent", "q") { Children = [.. Enumerable.Range(0, Million - 1).Select(static _ => new FlowJob("child", "q"))] });
        }

        int stored = queue.GetJobCounts().Total;
        long start = TimeProvider.System.GetTimestamp();
        Assert.Equal(stored, queue.Drain());
        TimeSpan took = TimeProvider.System.GetElapsedTime(start);

        output.WriteLine($"{stored:N0} jobs ({shape}) drained in {took}");
        Assert.True(took < TimeSpan.FromSeconds(30), $"{stored:N0} jobs took {took}");
        Assert.Equal(default, queue.GetJobCounts());
    }

    private static FlowJob Chain(int levels)
    {
        FlowJob flow = new("level", "q");
        for (int level = 1; level < levels; level++)
        {
            flow = new FlowJob("level", "q") { Children = [flow] };
        }

        return flow;
    }
}
