using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>A chain of 100,000 levels: whatever climbs or descends it does so without recursion.</summary>
public class DeepChainTests
{
    private const int Levels = 100_000;
    private static readonly InvalidOperationException s_boom = new("boom");
    private static readonly RetentionOptions s_keepAll = new() { Completed = Retention.KeepAll, Failed = Retention.KeepAll };

    [Fact]
    public void Chain_LeafCompletes_RunsUpToTheRoot()
    {
        using PumpedStore test = new(s_keepAll);
        test.Work("q");
        JobHandle root = AddChain(test, ChildFailurePolicy.Fail);
        test.Pump();
        Assert.Equal(JobState.Completed, root.State);
        Assert.Equal(Enumerable.Range(0, Levels).Reverse().Select(Name), test.Ran);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chain_LeafFails_FailsEveryLevelFromTheLeafUp(bool listens)
    {
        using PumpedStore test = new(s_keepAll);
        List<string> heard = [];
        using IDisposable? subscription = listens ? test.Store.Events.Subscribe(occurrence => heard.Add(occurrence.JobName), JobEventType.Failed) : null;
        test.Work("q", static _ => throw s_boom);
        JobHandle root = AddChain(test, ChildFailurePolicy.Fail);
        Task wait = root.WaitUntilFinishedAsync(TestContext.Current.CancellationToken).AsTask();
        test.Pump();

        Assert.Equal([Name(Levels - 1)], test.Ran);
        Assert.Equal(Levels, test.Queue("q").GetJobCounts().Failed);
        JobFailedException failure = await Assert.ThrowsAsync<JobFailedException>(() => wait.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Same(s_boom, failure.InnerException);
        Assert.EndsWith("boom", failure.Reason);
        Assert.Equal(listens ? Enumerable.Range(0, Levels).Reverse().Select(Name) : [], heard);
    }

    [Fact]
    public void Chain_LeafFailsUnderRemove_RemovesEveryParent()
    {
        using PumpedStore test = new(s_keepAll);
        test.Work("q", static _ => throw s_boom);
        JobHandle root = AddChain(test, ChildFailurePolicy.Remove);
        test.Pump();
        Assert.Equal(JobState.None, root.State);
        Assert.Equal(new JobCounts { Failed = 1 }, test.Queue("q").GetJobCounts());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Chain_RootCanceled_CancelsEveryLevelFromTheRootDown(bool listens)
    {
        using PumpedStore test = new(s_keepAll);
        List<string> heard = [];
        using IDisposable? subscription = listens ? test.Store.Events.Subscribe(occurrence => heard.Add(occurrence.JobName), JobEventType.Canceled) : null;
        test.Work("q");
        JobHandle root = AddChain(test, ChildFailurePolicy.Fail);
        Assert.True(root.Cancel("enough"));
        Assert.Equal(new JobCounts { Canceled = Levels }, test.Queue("q").GetJobCounts());
        Assert.Equal(listens ? Enumerable.Range(0, Levels).Select(Name) : [], heard);
        test.Pump();
        Assert.Empty(test.Ran);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Chain_RootRemoved_RemovesEveryLevel(bool whenCompleted)
    {
        using PumpedStore test = new(s_keepAll);
        test.Work("q");
        JobHandle root = AddChain(test, ChildFailurePolicy.Fail);
        if (whenCompleted)
        {
            test.Pump();
        }

        Assert.True(root.Remove());
        Assert.Equal(default, test.Queue("q").GetJobCounts());
        test.Pump();
        Assert.Equal(whenCompleted ? Levels : 0, test.Ran.Count);
    }

    [Fact]
    public void Chain_EveryLevelRetriedFromTheLeafUp_RunsOnceMore()
    {
        using PumpedStore test = new(s_keepAll);
        int failures = 1;
        test.Work("q", _ => failures-- > 0 ? throw s_boom : null);
        JobHandle root = AddChain(test, ChildFailurePolicy.Fail);
        test.Pump();
        JobHandle[] chain = new JobHandle[Levels];
        chain[0] = root;
        for (int level = 1; level < Levels; level++)
        {
            chain[level] = chain[level - 1].Children[0].Job;
        }

        for (int level = Levels - 1; level >= 0; level--)
        {
            chain[level].Retry();
        }

        Assert.Equal(new JobCounts { WaitingChildren = Levels - 1, Waiting = 1 }, test.Queue("q").GetJobCounts());
        test.Pump();
        Assert.Equal(new JobCounts { Completed = Levels }, test.Queue("q").GetJobCounts());
        Assert.Equal(Levels + 1, test.Ran.Count);
    }

    private static string Name(int level) => level.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static JobHandle AddChain(PumpedStore test, ChildFailurePolicy policy)
    {
        JobOptions options = new() { FailParentOnChildFailure = policy };
        FlowJob below = new(Name(Levels - 1), "q");
        for (int level = Levels - 2; level >= 0; level--)
        {
            below = new FlowJob(Name(level), "q") { Options = options, Children = [below] };
        }

        return test.Flows.Start(below);
    }
}
