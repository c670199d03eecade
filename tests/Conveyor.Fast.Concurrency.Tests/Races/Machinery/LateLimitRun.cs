using Conveyor.Fast.Execution;

namespace Conveyor.Fast.Concurrency.Tests.Races.Machinery;

/// <summary>
/// A run ends and its pooled object goes on with the next job, while the first one's time is over: that one has completed
/// or has failed by its time limit, the second runs on.
/// </summary>
internal sealed class LateLimitRun : PairRun
{
    private readonly RaceStore _store = new();
    private readonly Hand _hand;
    private readonly Hand _watch;
    private readonly JobHandle[] _first = new JobHandle[Batch];
    private readonly JobHandle[] _second = new JobHandle[Batch];
    private readonly (JobRun Run, long Number)[] _running = new (JobRun, long)[Batch];
    private readonly bool[] _hasCompleted = new bool[Batch];
    private readonly bool[] _wasTaken = new bool[Batch];

    public LateLimitRun()
    {
        _hand = new Hand(_store);
        _watch = new Hand(_store);
    }

    public override void Dispose()
    {
        _hand.Dispose();
        _watch.Dispose();
        _store.Dispose();
    }

    public override void Prepare(int batch)
    {
        JobQueue queue = _store.Store.GetQueue("races");
        for (int trial = 0; trial < Batch; trial++)
        {
            _first[trial] = queue.Add("first");
            _second[trial] = queue.Add("second");
            long id = _first[trial].Id.ToInt64();
            _hand.Start(trial, id);
            long number = _hand.TicketOf(id);
            _running[trial] = (_store.Engine.Dispatcher.Runs.Find(number)!, number);
        }
    }

    public override void DoA(int trial)
    {
        _hasCompleted[trial] = _hand.TryComplete(trial);
        _hand.Start(trial, _second[trial].Id.ToInt64());
    }

    public override void DoB(int trial) => _wasTaken[trial] = _watch.TryTimeOut(_running[trial].Run, _running[trial].Number);

    public override int Look(int batch)
    {
        int ahead = 0;
        for (int trial = 0; trial < Batch; trial++)
        {
            JobState first = _first[trial].State;
            JobState second = _second[trial].State;
            Assert.True(
                _hasCompleted[trial] != _wasTaken[trial] && first == (_wasTaken[trial] ? JobState.Failed : JobState.Completed) && second == JobState.Active,
                $"the first job has {(_hasCompleted[trial] ? "" : "not ")}completed, was {(_wasTaken[trial] ? "" : "not ")}taken and is {first}, the second {second}");
            ahead += _wasTaken[trial] ? -1 : 1;
            Assert.True(_hand.TryComplete(trial), "the second job was taken");
        }

        _hand.Rest();
        _watch.Rest();
        for (int trial = 0; trial < Batch; trial++)
        {
            _first[trial].Remove();
            _second[trial].Remove();
        }

        _store.CheckEmpty();
        return ahead;
    }
}
