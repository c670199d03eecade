using Conveyor.Fast.Admission;

namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A delay is over: the job was put back with a backoff, and its time has come.</summary>
internal sealed class FallDueOperation() : Operation("fall due")
{
    private static readonly Exception s_cause = new InvalidOperationException("failed, but not for good");
    private readonly long[] _tickets = new long[RaceRun.Batch];

    public override void Prepare(Hand hand, int trial, long id)
    {
        hand.Start(trial, id);
        _tickets[trial] = hand.Retry(trial, s_cause, isDelayed: true);
    }

    public override Fate Do(Hand hand, int trial, long id)
    {
        Engine engine = hand.Races.Engine;
        long ticket = 0;
        engine.Table.Delays.Insert(_tickets[trial], due: 1);
        return engine.Table.Delays.TakeDue(now: 1, new Span<long>(ref ticket)) == 1 && engine.Dispatcher.Delays.TryPromote(ticket)
            ? Fate.Done
            : Fate.TooLate;
    }
}
