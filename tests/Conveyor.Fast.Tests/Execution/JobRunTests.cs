using Conveyor.Fast.Execution;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Execution;

public class JobRunTests
{
    [Fact]
    public void OfferReason_ByACancellerOfAnEarlierRun_LeavesTheLaterRunsReason()
    {
        using PumpedStore test = new();
        JobRun run = new(test.Store, test.Store.Engine.Table);
        CancelReason reason = new("of the later run");
        run.Prepare(7);
        run.Finish(cancelSeen: false);
        run.Prepare(8);
        run.OfferReason(8, reason);

        run.OfferReason(7, new CancelReason("late"));

        Assert.Same(reason, run.ReasonOf(8));
    }

    [Fact]
    public void OfferReason_OfSeveralForOneRun_KeepsTheFirst()
    {
        using PumpedStore test = new();
        JobRun run = new(test.Store, test.Store.Engine.Table);
        CancelReason first = new("first");
        run.Prepare(7);

        run.OfferReason(7, first);
        run.OfferReason(7, new CancelReason("second"));

        Assert.Same(first, run.ReasonOf(7));
    }

    [Fact]
    public void Fire_ByOneWhoTookAnEarlierRun_LeavesTheLaterRunsTokenFired()
    {
        using PumpedStore test = new();
        test.Queue("q").Add("job");
        JobRun run = new(test.Store, test.Store.Engine.Table);
        run.Prepare(8);
        run.Fire(8);

        run.Fire(7);

        Assert.True(run.Token(8).IsCancellationRequested);
    }

    /// <summary>A thread that the handler of an earlier run left behind has found that run in hand, and asks for the token when it is over.</summary>
    [Fact]
    public void Token_OfAnEarlierRunThatWasFired_IsNotTheLaterRuns()
    {
        using PumpedStore test = new();
        test.Queue("q").Add("job");
        JobRun run = new(test.Store, test.Store.Engine.Table);
        run.Prepare(7);
        run.Fire(7);
        run.Finish(cancelSeen: true);
        run.Prepare(8);

        run.Token(7);

        Assert.False(run.Token(8).IsCancellationRequested);
    }
}
