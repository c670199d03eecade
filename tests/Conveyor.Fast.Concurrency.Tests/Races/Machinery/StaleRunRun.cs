using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Concurrency.Tests.Races.Machinery;

/// <summary>
/// A run ends and its pooled object goes on with the next job, while somebody cancels the first one: the cancel reaches
/// the first job or nobody, and the token of the second never fires.
/// </summary>
internal sealed class StaleRunRun : PairRun
{
    private readonly RaceStore _store = new();
    private readonly Hand _hand;
    private readonly JobHandle[] _first = new JobHandle[Batch];
    private readonly JobHandle[] _second = new JobHandle[Batch];
    private readonly CancellationToken[] _tokens = new CancellationToken[Batch];
    private readonly bool[] _wasAccepted = new bool[Batch];

    public StaleRunRun() => _hand = new Hand(_store);

    public override void Dispose()
    {
        _hand.Dispose();
        _store.Dispose();
    }

    public override void Prepare(int batch)
    {
        JobQueue queue = _store.Store.GetQueue("races");
        for (int trial = 0; trial < Batch; trial++)
        {
            _first[trial] = queue.Add("first");
            _second[trial] = queue.Add("second");
            _hand.Start(trial, _first[trial].Id.ToInt64());
            _hand.Token(trial);
        }
    }

    public override void DoA(int trial)
    {
        _hand.TryComplete(trial);
        _hand.Start(trial, _second[trial].Id.ToInt64());
        _tokens[trial] = _hand.Token(trial);
    }

    public override void DoB(int trial) => _wasAccepted[trial] = _first[trial].Cancel();

    public override int Look(int batch)
    {
        int ahead = 0;
        for (int trial = 0; trial < Batch; trial++)
        {
            JobState first = _first[trial].State;
            long word = _store.Engine.Table.Record(StateWord.SlotOf(_second[trial].Id.ToInt64())).Word;
            Assert.True(
                first == (_wasAccepted[trial] ? JobState.Canceled : JobState.Completed)
                    && _second[trial].State == JobState.Active && !StateWord.Has(word, StateWord.CancelRequested) && !_tokens[trial].IsCancellationRequested,
                $"the cancel was {(_wasAccepted[trial] ? "accepted" : "refused")}, the first job is {first}, the second {_second[trial].State} with the flags {word & StateWord.FlagsMask:x}, its token is {(_tokens[trial].IsCancellationRequested ? "" : "not ")}fired");
            ahead += _wasAccepted[trial] ? -1 : 1;
            _hand.End(trial);
        }

        _hand.Rest();
        for (int trial = 0; trial < Batch; trial++)
        {
            _first[trial].Remove();
            _second[trial].Remove();
        }

        _store.CheckEmpty();
        return ahead;
    }
}
