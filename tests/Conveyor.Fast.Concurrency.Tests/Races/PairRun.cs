namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>
/// Two threads that do one thing each, over and over. Trials are made in batches, the threads meet at the gate before each
/// of them, and what has become of the batch is looked at together. The gate learns: a side that keeps coming first is
/// held back, so that the two go on meeting in the middle.
/// </summary>
internal abstract class PairRun : IDisposable
{
    public const int Batch = 64;
    private const int MostLead = 400;
    private const int MostJitter = 24;
    private readonly StartingGate _gate = new();
    private readonly Random _jitterOfA = new(1);
    private readonly Random _jitterOfB = new(2);
    private Exception? _error;
    private long _round;
    private long _met;
    private int _lead; // How much longer A waits after the gate than B, in spins.

    /// <summary>How many trials had both sides at the gate at once.</summary>
    public long Met => _met;

    /// <summary>What was seen, for the report.</summary>
    public virtual string Summary => "";

    protected StartingGate Gate => _gate;

    /// <summary>Races until the size is reached or the caller has had enough. Returns how many trials there were.</summary>
    public long Go(long size, Func<long, bool> mayGoOn)
    {
        Begin();
        Thread other = new(RunB) { IsBackground = true };
        other.Start();
        long done = 0;
        try
        {
            for (int batch = 0; done < size && mayGoOn(done); batch++, done += Batch)
            {
                Prepare(batch);
                RunA();
                _lead = Math.Clamp(_lead + Math.Sign(Look(batch)), -MostLead, MostLead);
            }
        }
        finally
        {
            _gate.Break();
            other.Join();
        }

        return done;
    }

    public abstract void Dispose();

    /// <summary>Once, before the second thread runs.</summary>
    protected virtual void Begin()
    {
    }

    protected abstract void Prepare(int batch);

    protected abstract void DoA(int trial);

    protected abstract void DoB(int trial);

    /// <summary>Checks a batch and clears it away. Returns by how many trials A came first; below zero B did.</summary>
    protected abstract int Look(int batch);

    private static void Spin(int times)
    {
        for (int i = 0; i < times; i++)
        {
            Thread.SpinWait(1);
        }
    }

    private void RunA()
    {
        _gate.Pass(isFirst: true, ++_round);
        for (int trial = 0; trial < Batch; trial++)
        {
            int wait = Math.Max(0, _lead) + _jitterOfA.Next(MostJitter);
            _met += _gate.Meet(isFirst: true, ++_round) ? 1 : 0;
            Spin(wait);
            DoA(trial);
        }

        _gate.Pass(isFirst: true, ++_round);
        if (_error is { } error)
        {
            throw new InvalidOperationException("the second side threw", error);
        }
    }

    private void RunB()
    {
        long round = 0;
        try
        {
            while (_gate.Pass(isFirst: false, ++round))
            {
                for (int trial = 0; trial < Batch; trial++)
                {
                    int wait = Math.Max(0, -_lead) + _jitterOfB.Next(MostJitter);
                    _gate.Meet(isFirst: false, ++round);
                    Spin(wait);
                    DoB(trial);
                }

                _gate.Pass(isFirst: false, ++round);
            }
        }
        catch (Exception error)
        {
            _error = error;
            _gate.Break();
        }
    }
}
