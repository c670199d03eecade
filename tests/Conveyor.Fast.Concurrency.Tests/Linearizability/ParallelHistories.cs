using System.Diagnostics;

namespace Conveyor.Fast.Concurrency.Tests.Linearizability;

/// <summary>Two threads make random calls at once, again and again; every history must have a sequential explanation.</summary>
internal sealed class ParallelHistories<TModel>(Specimen<TModel> specimen, int callsPerThread)
{
    private readonly Call[] _calls = [.. new Call[2 * callsPerThread], .. specimen.CallsAtRest];
    private long _clock;
    private long _round;
    private long _done;
    private Exception? _error;

    /// <param name="technique">What it is reported as.</param>
    /// <param name="share">The share of the histories, or of the time, that this specimen gets.</param>
    /// <param name="seed">Chooses the calls.</param>
    public void Run(string technique, double share, int seed)
    {
        Budget budget = Budget.Current;
        long size = budget.Histories == long.MaxValue ? long.MaxValue : (long)(budget.Histories * share);
        Random random = new(seed);
        long begun = Stopwatch.GetTimestamp();
        Thread other = new(Accompany) { IsBackground = true };
        other.Start();
        long histories = 0;
        try
        {
            for (; budget.MayGoOn(histories, size, begun, share); histories++)
            {
                TModel model = specimen.Begin(random);
                for (int i = 0; i < 2 * callsPerThread; i++)
                {
                    _calls[i] = specimen.Choose(random, i / callsPerThread);
                }

                Volatile.Write(ref _round, histories + 1); // The other thread begins.
                Perform(CallsOf(0), 0);
                WaitFor(ref _done, histories + 1);
                Perform(_calls.AsSpan(2 * callsPerThread), 0);
                if (_error is not null || !Linearization.Exists(specimen, model, _calls))
                {
                    Assert.Fail($"History {histories} of seed {seed} has no sequential explanation. {_error}\n{model}\n{string.Join('\n', _calls)}");
                }
            }
        }
        finally
        {
            Volatile.Write(ref _round, -1);
            other.Join();
        }

        budget.Report(technique, $"{histories:N0} histories of {_calls.Length} calls by two threads");
    }

    private static void WaitFor(ref long place, long value)
    {
        SpinWait spin = default;
        while (Volatile.Read(ref place) != value)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private void Accompany()
    {
        long done = 0;
        SpinWait spin = default;
        while (true)
        {
            long round = Volatile.Read(ref _round);
            if (round < 0)
            {
                return;
            }

            if (round == done)
            {
                spin.SpinOnce(sleep1Threshold: -1);
                continue;
            }

            spin.Reset();
            try
            {
                Perform(CallsOf(1), 1);
            }
            catch (Exception error)
            {
                _error = error;
            }

            done = round;
            Volatile.Write(ref _done, done);
        }
    }

    private Span<Call> CallsOf(int thread) => _calls.AsSpan(thread * callsPerThread, callsPerThread);

    private void Perform(Span<Call> calls, int thread)
    {
        foreach (ref Call call in calls)
        {
            call.Invoked = Interlocked.Increment(ref _clock);
            call.Answer = specimen.Perform(call, thread);
            call.Returned = Interlocked.Increment(ref _clock);
        }
    }
}
