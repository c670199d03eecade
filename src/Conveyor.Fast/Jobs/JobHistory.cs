namespace Conveyor.Fast.Jobs;

/// <summary>
/// What a job has behind it beside its latest run: earlier runs of this life, lines its handlers logged, stalls. Most jobs
/// have none; one that has takes the place of the bare custom id in the record. Its lock guards against readers, and
/// against a handler that logs from several threads.
/// </summary>
internal sealed class JobHistory(string? customId, int runsBefore)
{
    private const int MostLogLines = 1000;
    private const int FirstRuns = 2;
    private readonly Lock _lock = new();
    private List<PastRun>? _past;
    private Queue<string>? _log;
    private int _number = runsBefore + 1; // It is made during a run.
    private bool _isRunEnded;
    private bool _isDiscarded;
    private int _stalls;

    public string? CustomId { get; } = customId;

    /// <summary>Whether a handler has said that the job is not to run again.</summary>
    public bool IsDiscarded
    {
        get
        {
            lock (_lock)
            {
                return _isDiscarded;
            }
        }
    }

    public int Stalls
    {
        get
        {
            lock (_lock)
            {
                return _stalls;
            }
        }
    }

    /// <summary>A job's history, made if need be. One caller at a time: the owner of the run, or under its gate.</summary>
    public static JobHistory Of(ref JobReferences references, int runsBefore)
    {
        JobHistory history = references.History ?? new JobHistory(references.CustomId, runsBefore);
        references.Extra = history;
        return history;
    }

    public void Discard()
    {
        lock (_lock)
        {
            _isDiscarded = true;
        }
    }

    public void Log(string line)
    {
        lock (_lock)
        {
            _log ??= [];
            if (_log.Count == MostLogLines)
            {
                _log.Dequeue();
            }

            _log.Enqueue(line);
        }
    }

    /// <summary>A run starts.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            _number++;
            _isRunEnded = false;
            _log?.Clear();
        }
    }

    /// <summary>A run has ended and the job goes on. Of all such runs only the newest are kept.</summary>
    public void End(long started, long ended, JobAttemptOutcome outcome, object? cause, int kept)
    {
        lock (_lock)
        {
            _isRunEnded = true;
            _stalls += outcome == JobAttemptOutcome.Stalled ? 1 : 0;
            if (kept > 0)
            {
                _past ??= new List<PastRun>(Math.Min(kept, FirstRuns));
                if (_past.Count == kept)
                {
                    _past.RemoveAt(0);
                }

                _past.Add(new PastRun(_number, outcome, started, ended, cause, LogLocked()));
            }
        }
    }

    /// <summary>The job does not go on after all: its run is the last one.</summary>
    public void TakeBackEnd(JobAttemptOutcome outcome)
    {
        lock (_lock)
        {
            _isRunEnded = false;
            _stalls -= outcome == JobAttemptOutcome.Stalled ? 1 : 0;
            if (_past is [.., var last] && last.Number == _number)
            {
                _past.RemoveAt(_past.Count - 1);
            }
        }
    }

    /// <summary>All runs kept, oldest first; the latest one as the record tells it, if it is not among the earlier ones.</summary>
    public IReadOnlyList<JobAttempt> List(long started, long ended, JobAttemptOutcome outcome, object? cause)
    {
        lock (_lock)
        {
            List<JobAttempt> all = [];
            foreach (PastRun run in _past ?? [])
            {
                all.Add(JobAttempt.From(run.Number, run.Started, run.Ended, run.Outcome, run.Cause, run.Log));
            }

            if (!_isRunEnded)
            {
                all.Add(JobAttempt.From(_number, started, ended, outcome, cause, LogLocked()));
            }

            return all;
        }
    }

    private string[] LogLocked() => _log is { Count: > 0 } log ? [.. log] : [];

    private readonly record struct PastRun(int Number, JobAttemptOutcome Outcome, long Started, long Ended, object? Cause, string[] Log);
}
