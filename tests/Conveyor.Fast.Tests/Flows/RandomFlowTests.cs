using static Conveyor.Fast.Tests.Flows.FlowScene;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>Random trees, policies, outcomes and operations by hand; each seed is one repeatable story.</summary>
public class RandomFlowTests
{
    private const int Stories = 200;
    private static readonly InvalidOperationException s_boom = new("boom");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Behaviour", "NEST-14")]
    public void IdleStore_HasNoParentWaitingWithoutAnUnfinishedChild(bool listens)
    {
        for (int seed = 1; seed <= Stories; seed++)
        {
            try
            {
                Tell(new Random(seed), listens);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}: {error.Message}", error);
            }
        }
    }

    private static void Tell(Random random, bool listens)
    {
        Retention? bound = random.Next(3) == 0 ? Retention.KeepLast(random.Next(1, 5)) : null;
        using FlowScene scene = new(listens, new RetentionOptions { Completed = bound, Failed = bound });
        List<JobHandle> jobs = [];
        for (int flow = random.Next(1, 4); flow > 0; flow--)
        {
            Collect(scene.Add(Node(random, 0)), jobs);
        }

        for (int step = 0; step < 40; step++)
        {
            Act(random, scene, jobs[random.Next(jobs.Count)]);
            AssertNobodyWaitsForNobody(scene);
        }

        for (int round = 0; round < 4; round++)
        {
            scene.Pump();
            scene.Advance(TimeSpan.FromHours(1));
        }

        AssertNobodyWaitsForNobody(scene);
        JobCounts counts = scene.Queue.GetJobCounts();
        Assert.Equal((0, 0, 0, 0), (counts.WaitingChildren, counts.Delayed, counts.Waiting, counts.Active));
    }

    private static void Act(Random random, FlowScene scene, JobHandle job)
    {
        switch (random.Next(8))
        {
            case 0:
                job.Cancel(includeChildren: random.Next(2) == 0);
                break;
            case 1:
                job.Remove(keepChildren: random.Next(2) == 0);
                break;
            case 2 or 3 when job.State is JobState.Completed or JobState.Failed or JobState.Canceled:
                job.Retry(includeCompleted: true);
                break;
            case 4:
                scene.Advance(TimeSpan.FromHours(1));
                break;
            default:
                scene.Pump(random.Next(1, 4));
                break;
        }
    }

    private static void AssertNobodyWaitsForNobody(FlowScene scene)
    {
        scene.CheckIntegrity();
        Assert.All(
            scene.Queue.GetJobs(JobState.WaitingChildren),
            static parent => Assert.Contains(parent.Job.Children, static child => !child.Job.IsFinished));
    }

    private static FlowJob Node(Random random, int depth)
    {
        JobOptions options = new()
        {
            FailParentOnChildFailure = (ChildFailurePolicy)random.Next(3),
            Attempts = random.Next(1, 3),
            Backoff = random.Next(2) == 0 ? Backoff.Fixed(TimeSpan.FromHours(1)) : null,
            RemoveOnComplete = random.Next(5) == 0 ? Retention.RemoveAtOnce : null,
            RemoveOnFail = random.Next(5) == 0 ? Retention.RemoveAtOnce : null,
        };
        object? does = random.Next(6) switch
        {
            0 => s_boom,
            1 => IsCanceled("enough"),
            2 => Does(static job => job.AttemptsMade == 0 ? throw s_boom : null),
            _ => null,
        };
        int children = depth == 4 ? 0 : random.Next(depth == 0 ? 1 : 0, 4);
        string name = $"{depth}.{random.Next()}";
        return Parent(name, does, options, [.. Enumerable.Range(0, children).Select(_ => Node(random, depth + 1))]);
    }

    private static void Collect(JobHandle root, List<JobHandle> jobs)
    {
        jobs.Add(root);
        foreach (JobChild child in root.Children)
        {
            Collect(child.Job, jobs);
        }
    }
}
