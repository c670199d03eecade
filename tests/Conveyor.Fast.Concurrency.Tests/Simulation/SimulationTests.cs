using System.Diagnostics;

namespace Conveyor.Fast.Concurrency.Tests.Simulation;

public class SimulationTests
{
    private const int Operations = 60;
    private const int Batch = 200;

    [Fact]
    public void Engine_ToldAnyStory_DoesWhatTheRulesSay()
    {
        Budget budget = Budget.Current;
        long begun = Stopwatch.GetTimestamp();
        long done = 0;
        int seed = 0;
        while (budget.MayGoOn(done, budget.Operations, begun))
        {
            int first = seed;
            seed += Batch;
            int[] failing = [.. Enumerable.Range(first, Batch).AsParallel().WithDegreeOfParallelism(2).Where(static each => Fails(StoryTeller.Tell(each, Operations)))];
            if (failing.Length != 0)
            {
                Assert.Fail(Explain(failing.Min()));
            }

            done += Batch * Operations;
        }

        budget.Report("Simulated operations against the reference", $"{done:N0} in {seed:N0} stories");
    }

    [Fact]
    public void Engine_ToldAStoryTwice_DoesTheSameToTheIds()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Story story = StoryTeller.Tell(seed, Operations);
            Assert.Equal(Simulation.Record(story), Simulation.Record(story));
        }
    }

    [Fact]
    public void Shrink_OfAStoryThatFails_LeavesOnlyWhatMakesItFail()
    {
        static bool Fails(Story story) => story.Operations.Any(static step => step is Operation.Add { Jobs: [.., { Attempts: 3 }] });
        Story shrunk = Shrinker.Shrink(Enumerable.Range(0, 100).Select(static seed => StoryTeller.Tell(seed, Operations)).First(Fails), Fails);

        Operation.Add only = Assert.IsType<Operation.Add>(Assert.Single(shrunk.Operations));
        JobPlan job = Assert.Single(only.Jobs);
        Assert.Equal(new JobPlan(job.Name, job.Queue) { Attempts = 3 }.ToString(), job.ToString());
    }

    private static bool Fails(Story story) => Simulation.FirstDifference(story) is not null;

    /// <summary>The story is printed as the code that tells it, ready to be kept as a test.</summary>
    private static string Explain(int seed)
    {
        Story story = Shrinker.Shrink(StoryTeller.Tell(seed, Operations), Fails);
        return $"Seed {seed}, shrunk: {Simulation.FirstDifference(story)}\n{story}";
    }
}
