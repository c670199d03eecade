namespace Conveyor.Fast.Concurrency.Tests.Soak;

/// <summary>
/// One job as its handler knows it; the job carries it as its payload. It runs once at a time, its attempts count up from
/// zero in each life, and there is a life more only for a retry by hand.
/// </summary>
internal sealed class HandlerAutomaton(FaultList faults, int seed)
{
    private int _running;
    private int _lives;
    private int _retries;
    private int _nextAttempt;

    public int Seed => seed;

    /// <summary>To be called before a retry by hand.</summary>
    public void NoteRetry() => Interlocked.Increment(ref _retries);

    public void Enter(Job job)
    {
        if (Interlocked.Increment(ref _running) != 1)
        {
            faults.Add($"{job.Id} runs twice at once");
        }

        int attempt = job.AttemptsMade;
        if (attempt == 0 && ++_lives > 1 + Volatile.Read(ref _retries))
        {
            faults.Add($"{job.Id} lives for the {_lives}. time after {_retries} retries by hand");
        }

        if (attempt != 0 && attempt != _nextAttempt)
        {
            faults.Add($"{job.Id} is at attempt {attempt}, not {_nextAttempt}");
        }

        _nextAttempt = attempt + 1;
    }

    public void Leave() => Interlocked.Decrement(ref _running);
}
