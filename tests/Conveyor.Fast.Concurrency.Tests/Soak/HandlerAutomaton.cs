namespace Conveyor.Fast.Concurrency.Tests.Soak;

/// <summary>
/// One job as its handler knows it; the job carries it as its payload. It runs once at a time, except beside runs that it was
/// taken from by a stall. Its attempts count up from zero; it is at the same one again, or at the first, only after a stall, a
/// move by its handler or a retry by hand.
/// </summary>
internal sealed class HandlerAutomaton(FaultList faults, int seed)
{
    private int _running;
    private int _runs;
    private int _restarts;
    private int _restartsAllowed;
    private int _stalls;
    private int _nextAttempt;

    /// <summary>To be called before a retry by hand, and before a handler sends its job back.</summary>
    public void AllowRestart() => Interlocked.Increment(ref _restartsAllowed);

    /// <summary>What the run is to do is drawn from this.</summary>
    public int NextSeed() => HashCode.Combine(seed, Interlocked.Increment(ref _runs));

    public void Enter(Job job)
    {
        int running = Interlocked.Increment(ref _running);
        int attempt = job.AttemptsMade;
        if (job.Handle.State != JobState.Active)
        {
            return; // The job was taken from the run before it could look.
        }

        if (running > 1 && job.Handle.TryGetInfo(out JobInfo? info) && running > 1 + info.StalledCount)
        {
            faults.Add($"{job.Id} runs {running} times at once after {info.StalledCount} stalls");
        }

        if (attempt != _nextAttempt)
        {
            Restart(job, attempt);
        }

        _nextAttempt = attempt + 1;
    }

    public void Leave() => Interlocked.Decrement(ref _running);

    private void Restart(Job job, int attempt)
    {
        int stalls = job.Handle.TryGetInfo(out JobInfo? info) ? info.StalledCount : _stalls;
        Interlocked.Add(ref _restartsAllowed, Math.Max(0, stalls - _stalls));
        _stalls = stalls;
        if (attempt != 0 && attempt != _nextAttempt - 1)
        {
            faults.Add($"{job.Id} is at attempt {attempt}, not {_nextAttempt}");
        }

        if (++_restarts > Volatile.Read(ref _restartsAllowed))
        {
            faults.Add($"{job.Id} is at attempt {attempt} again, with {_restartsAllowed} reasons for {_restarts} times");
        }
    }
}
