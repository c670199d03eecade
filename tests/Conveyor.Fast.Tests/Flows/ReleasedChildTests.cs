using Conveyor.Fast.Flows;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Tests.Support;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Tests.Flows;

public class ReleasedChildTests
{
    /// <summary>A hold on the child stands for the moment between its end and its eviction, in which its parent lets it go.</summary>
    [Fact]
    public void Child_RemovedAtOnceAndLetGoMeanwhile_CountsOnceForABound()
    {
        using PumpedStore test = new(new RetentionOptions { Completed = Retention.KeepLast(3) });
        test.Work("q", job =>
        {
            if (job.Name == "child")
            {
                Atomic.Or(ref test.Store.Engine.Table.Record(StateWord.SlotOf(job.Id.ToInt64())).Word, StateWord.Held);
            }

            return null;
        });
        JobHandle old = test.Queue("q").Add("old");
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q")
        {
            Children = [new FlowJob("child", "q") { Options = new JobOptions { RemoveOnComplete = Retention.RemoveAtOnce } }],
        });
        test.Pump();
        JobHandle child = flow.Children[0].Job;
        Stripe stripe = test.Store.Engine.Table.Stripes.Rent();
        new Holds(test.Store.Engine.Table, test.Store.Engine.Ending).LetGo(stripe, child.Id.ToInt64());
        test.Store.Engine.Ending.EvictReleased(stripe);
        StripePool.Return(stripe);

        Assert.Equal((JobState.Completed, JobState.None), (old.State, child.State));
        test.Queue("q").Add("next");
        test.Pump();

        Assert.Equal((JobState.None, JobState.Completed), (old.State, flow.Job.State));
    }
}
