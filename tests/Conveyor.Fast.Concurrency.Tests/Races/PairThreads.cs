namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>
/// The two threads of a race. Each keeps a run of its own: it makes that one's batches and looks at them while the other
/// thread does the same, so that neither waits for the other's work. In between both race together, on the one, then on the
/// other, and meet at the gate before each trial. They learn, for each run by itself, since who has made it finds it at hand: a
/// side that keeps coming first is held back, so that the two go on meeting in the middle.
/// </summary>
internal sealed class PairThreads : IDisposable
{
    private const int MostLead = 400;
    private const int LeadStep = 2;
    private const int MostJitter = 24;
    private readonly StartingGate _gate = new();
    private readonly PairRun[] _runs;
    private readonly int[] _ahead = new int[2];
    private Exception? _error;
    private long _met;

    public PairThreads(Func<PairRun> make) => _runs = [make(), make()];

    /// <summary>How many trials had both sides at the gate at once.</summary>
    public long Met => _met;

    /// <summary>What both runs have seen, for the report.</summary>
    public string Summary => string.Concat(_runs[0].Seen.Zip(_runs[1].Seen, static (one, other) => $", {one.Count:N0} and {other.Count:N0} {one.What}"));

    /// <summary>Races until the size is reached or the caller has had enough. Returns how many trials there were.</summary>
    public long Go(long size, Func<long, bool> mayGoOn)
    {
        foreach (PairRun run in _runs)
        {
            run.Gate = _gate;
            run.Begin();
        }

        Thread other = new(() => Attempt(() => Race(isA: false, static _ => true))) { IsBackground = true };
        other.Start();
        long done = 0;
        Attempt(() => Race(isA: true, batches => (done = batches * _runs.Length * PairRun.Batch) < size && mayGoOn(done)));
        other.Join();
        return _error is { } error ? throw new InvalidOperationException("A side of the race threw.", error) : done;
    }

    /// <summary>What a race that has failed leaves behind is not looked at: its failure is what counts.</summary>
    public void Dispose()
    {
        foreach (PairRun run in _error is null ? _runs : [])
        {
            run.Dispose();
        }
    }

    private static void Spin(int times)
    {
        for (int i = 0; i < times; i++)
        {
            Thread.SpinWait(1);
        }
    }

    /// <summary>Whatever ends a side ends the other.</summary>
    private void Attempt(Action side)
    {
        try
        {
            side();
        }
        catch (Exception error)
        {
            Interlocked.CompareExchange(ref _error, error, null);
        }
        finally
        {
            _gate.Break();
        }
    }

    private void Race(bool isA, Func<long, bool> mayGoOn)
    {
        int own = isA ? 0 : 1;
        Random jitter = new(own);
        long round = 0;
        int[] leads = new int[_runs.Length]; // How much longer A waits after the gate than B, in spins.
        for (int batch = 0; mayGoOn(batch) && _gate.Pass(isA, ++round); batch++)
        {
            _runs[own].Prepare(batch);
            for (int turn = 0; turn < _runs.Length; turn++)
            {
                int which = (turn + batch) % _runs.Length; // Either is raced right after it was made in every other batch.
                PairRun run = _runs[which];
                int lead = leads[which] = Math.Clamp(leads[which] + LeadStep * Math.Sign(_ahead[which]), -MostLead, MostLead);
                if (!_gate.Pass(isA, ++round))
                {
                    return;
                }

                for (int trial = 0; trial < PairRun.Batch; trial++)
                {
                    int wait = Math.Max(0, isA ? lead : -lead) + jitter.Next(MostJitter);
                    bool met = _gate.Meet(isA, ++round);
                    Spin(wait);
                    if (isA)
                    {
                        _met += met ? 1 : 0;
                        run.DoA(trial);
                    }
                    else
                    {
                        run.DoB(trial);
                    }
                }
            }

            if (!_gate.Pass(isA, ++round))
            {
                return;
            }

            _ahead[own] = _runs[own].Look(batch);
        }
    }
}
