using System.Collections.Concurrent;

namespace Conveyor.Fast.Concurrency.Tests.Soak;

/// <summary>Keeps an automaton for each job that has been announced, until it is removed.</summary>
internal sealed class EventBook(FaultList faults)
{
    /// <summary>The end of a run that its job was taken from.</summary>
    private const string LateHandler = "A late handler";
    private readonly ConcurrentDictionary<JobId, EventAutomaton> _jobs = new();
    private long _heard;
    private long _stalled;
    private long _timedOut;

    public int Jobs => _jobs.Count;

    public long Heard => Volatile.Read(ref _heard);

    public long Stalled => Volatile.Read(ref _stalled);

    public long TimedOut => Volatile.Read(ref _timedOut);

    public void Hear(JobEvent occurrence)
    {
        Interlocked.Increment(ref _heard);
        Interlocked.Add(ref _stalled, occurrence.Type == JobEventType.Stalled ? 1 : 0);
        Interlocked.Add(ref _timedOut, occurrence is { Type: JobEventType.Retrying or JobEventType.Failed, Error: JobTimeoutException } ? 1 : 0);
        if (occurrence.Type == JobEventType.Error && occurrence.Context != LateHandler)
        {
            faults.Add($"an error event: {occurrence.Context}: {occurrence.Error}");
        }

        if (occurrence.Job == default || occurrence.Type is JobEventType.Error or JobEventType.Duplicated or JobEventType.Deduplicated)
        {
            return; // Of a queue, or of what was asked for and not of what has become of a job.
        }

        JobId id = occurrence.Job.Id;
        EventAutomaton automaton = _jobs.GetOrAdd(id, static _ => new EventAutomaton(isForced: true));
        if (automaton.Hear(occurrence) is { } fault)
        {
            faults.Add($"{id}: {fault}");
        }

        if (occurrence.Type == JobEventType.Removed)
        {
            _jobs.TryRemove(id, out _);
        }
    }

    /// <summary>While nothing runs: every job is where its events have left it.</summary>
    public void Check(JobStore store)
    {
        foreach ((JobId id, EventAutomaton automaton) in _jobs)
        {
            JobState state = store.TryGetJob(id, out JobHandle job) ? job.State : JobState.None;
            if (state != automaton.State)
            {
                faults.Add($"{id} is {state}, its events say {automaton.State}");
            }
        }
    }
}
