using System.Diagnostics;

namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Stories by rising seeds, as many as the budget says. They do not depend on the machine.</summary>
internal static class Stories
{
    public const int Length = 60;
    private const int Batch = 50;

    public static void Play()
    {
        if (FirstFailing() is { } seed)
        {
            Assert.Fail(Explain(seed));
        }
    }

    /// <summary>The seed of the first story in which engine and rules differ; null if they agree in all.</summary>
    public static int? FirstFailing()
    {
        Budget budget = Budget.Current;
        long begun = Stopwatch.GetTimestamp();
        int told = 0;
        for (; budget.MayGoOn((long)told * Length, budget.Operations, begun); told += Batch)
        {
            int[] failing = [.. Enumerable.Range(told, Batch).AsParallel().WithDegreeOfParallelism(2).Where(static seed => Fails(StoryTeller.Tell(seed, Length)))];
            if (failing.Length != 0)
            {
                return failing.Min();
            }
        }

        budget.Report("Simulated operations against the reference", $"{(long)told * Length:N0} in {told:N0} stories");
        return null;
    }

    private static bool Fails(Story story) => Simulation.FirstDifference(story) is not null;

    /// <summary>The story is printed as the code that tells it, ready to be kept as a test.</summary>
    private static string Explain(int seed)
    {
        Story story = Shrinker.Shrink(StoryTeller.Tell(seed, Length), Fails);
        return $"Seed {seed}, shrunk: {Simulation.FirstDifference(story)}\n{story}";
    }
}
