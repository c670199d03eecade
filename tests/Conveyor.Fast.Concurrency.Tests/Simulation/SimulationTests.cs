namespace Conveyor.Fast.Concurrency.Tests.Simulation;

public class SimulationTests
{
    [Fact]
    public void Engine_ToldAnyStory_DoesWhatTheRulesSay() => Stories.Play();

    [Fact]
    public void Engine_ToldAStoryTwice_DoesTheSameToTheIds()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Story story = StoryTeller.Tell(seed, Stories.Length);
            Assert.Equal(Simulation.Record(story), Simulation.Record(story));
        }
    }

    [Fact]
    public void Shrink_OfAStoryThatFails_LeavesOnlyWhatMakesItFail()
    {
        static bool Fails(Story story) => story.Operations.Any(static step => step is Operation.Add { Jobs: [.., { Attempts: 3 }] });
        Story shrunk = Shrinker.Shrink(Enumerable.Range(0, 100).Select(static seed => StoryTeller.Tell(seed, Stories.Length)).First(Fails), Fails);

        Operation.Add only = Assert.IsType<Operation.Add>(Assert.Single(shrunk.Operations));
        JobPlan job = Assert.Single(only.Jobs);
        Assert.Equal(new JobPlan(job.Name, job.Queue) { Attempts = 3 }.ToString(), job.ToString());
    }
}
