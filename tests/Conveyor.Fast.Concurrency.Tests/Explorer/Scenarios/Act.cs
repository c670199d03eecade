using Conveyor.Fast.Dispatch;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>One thing that can happen to a family of jobs.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Uses">The job it happens to.</param>
/// <param name="Do">Does it, on a side of the family.</param>
/// <param name="MaxStalls">How many stalls the job survives.</param>
internal sealed record Act(string Name, Kin Uses, Action<Family, Side> Do, int MaxStalls = 1)
{
    public static readonly Act[] All =
    [
        new("complete", Kin.Running, static (_, side) => side.Hand.Complete()),
        new("fail", Kin.Running, static (_, side) => side.Hand.Fail()),
        new("retry", Kin.Running, static (_, side) => side.Hand.Retry()),
        new("delay", Kin.Running, static (_, side) => side.Hand.Retry(TimeSpan.FromSeconds(1))),
        new("time out", Kin.Running, static (_, side) => TimeOut(side.Hand, side.Hand.Number)),
        new("stall", Kin.Running, static (_, side) => side.Hand.Stall(side.Hand.Number)),
        new("stall out", Kin.Running, static (_, side) => side.Hand.Stall(side.Hand.Number), MaxStalls: 0),
        new("cancel", Kin.Running, static (_, side) => side.Running.Cancel()),
        new("cancel waiting", Kin.Waiting, static (_, side) => side.Waiting.Cancel()),
        new("cancel tree", Kin.Parent, static (family, _) => family.Parent.Cancel()),
        new("remove", Kin.Waiting, static (_, side) => Try(() => side.Waiting.Remove())),
        new("remove tree", Kin.Parent, static (family, _) => Try(() => family.Parent.Remove())),
        new("remove parent", Kin.Parent, static (family, _) => Try(() => family.Parent.Remove(keepChildren: true))),
        new("take", Kin.Waiting, static (_, side) => side.Idle.TakeAndComplete()),
        new("change priority", Kin.Waiting, static (_, side) => Try(() => side.Waiting.ChangePriority(3, toFront: false))),
        new("fall due", Kin.Delayed, static (family, _) => family.FallDue()),
        new("promote by hand", Kin.Delayed, static (_, side) => Try(side.Delayed.Promote)),
        new("retry by hand", Kin.Parent, static (family, _) => Try(() => family.Parent.Retry())),
        new("drain", Kin.Parent, static (family, _) => family.Stage.Queue.Drain()),
        new("obliterate", Kin.Parent, static (family, _) => family.Stage.Queue.Obliterate(force: true)),
        new("commit", Kin.Parent, static (family, _) => family.Stage.AddFamily(1)),
        new("add", Kin.Parent, static (family, _) => family.Stage.Add()),
        new("attach", Kin.Keyed, static (family, _) => family.Attach()),
        new("wake", Kin.Loop, static (family, _) => family.Worker!.Core.WakeAll()),
        new("close", Kin.Loop, static (family, _) => Close(family.Worker!.Core)),
    ];

    /// <summary>The time limit is over, the attempt has failed; then the time to return is over too, and the job ends.</summary>
    private static void TimeOut(Hand hand, long number)
    {
        hand.TimeOut(number);
        hand.TimeOut(number, forGood: true);
    }

    /// <summary>With no time for the handler that runs: its job is taken from it.</summary>
    private static void Close(WorkerCore worker)
    {
        worker.Close();
        worker.FireTokens();
        worker.StallRunning();
    }

    /// <summary>By hand, on a job that may be in any state: a refusal is an answer.</summary>
    private static void Try(Action byHand)
    {
        try
        {
            byHand();
        }
        catch (ConveyorException)
        {
            // Refused.
        }
    }
}
