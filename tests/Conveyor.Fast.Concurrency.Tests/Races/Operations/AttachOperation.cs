namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A flow comes whose leaf has the job's deduplication key: it attaches to the job, or takes the key of one that has ended.</summary>
internal sealed class AttachOperation() : Operation("attach")
{
    private readonly string[] _keys = new string[RaceRun.Batch];
    private readonly long[] _guests = new long[RaceRun.Batch];

    public override bool NeedsKeys => true;

    public override void Prepare(Hand hand, int trial, long id) => _keys[trial] = hand.Races.KeyOf(id);

    public override Fate Do(Hand hand, int trial, long id)
    {
        FlowResult root = hand.Races.Attach(_keys[trial]);
        _guests[trial] = root.Job.Id.ToInt64();
        return root.Children[0].Job.Id.ToInt64() == id ? Fate.Done : Fate.TooLate;
    }

    public override long GuestOf(int trial) => _guests[trial];
}
