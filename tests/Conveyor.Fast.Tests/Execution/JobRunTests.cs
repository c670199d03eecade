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
        Segment segment = new(1);
        JobRun run = new(test.Store, test.Store.Engine.Table);
        CancelReason reason = new("of the later run");
        run.Prepare(7, segment);
        run.Finish(cancelSeen: false);
        run.Prepare(8, segment);
        run.OfferReason(8, reason);

        run.OfferReason(7, new CancelReason("late"));

        Assert.Same(reason, run.ReasonOf(8));
    }

    [Fact]
    public void OfferReason_OfSeveralForOneRun_KeepsTheFirst()
    {
        using PumpedStore test = new();
        Segment segment = new(1);
        JobRun run = new(test.Store, test.Store.Engine.Table);
        CancelReason first = new("first");
        run.Prepare(7, segment);

        run.OfferReason(7, first);
        run.OfferReason(7, new CancelReason("second"));

        Assert.Same(first, run.ReasonOf(7));
    }
}
