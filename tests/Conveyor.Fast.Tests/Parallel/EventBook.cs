using System.Collections.Concurrent;

namespace Conveyor.Fast.Tests.Parallel;

/// <summary>
/// Every job's events, checked as they come: one at a time, each from the state the one before led to, by a move the
/// state table has, and so with exactly one terminal event in each life and nothing after the removal.
/// </summary>
internal sealed class EventBook(ParallelRun run)
{
    private readonly ConcurrentDictionary<JobId, Page> _pages = new();

    public int Jobs => _pages.Count;

    public void Hear(JobEvent occurrence)
    {
        if (occurrence.Type is JobEventType.Drained or JobEventType.Duplicated)
        {
            return;
        }

        if (occurrence.Type == JobEventType.Error)
        {
            run.Report($"an error event: {occurrence.Context}: {occurrence.Error}");
            return;
        }

        Page page = _pages.GetOrAdd(occurrence.Job.Id, static _ => new Page());
        if (Interlocked.Increment(ref page.Inside) != 1)
        {
            run.Report($"{occurrence.Job.Id}: two events at once");
        }

        page.Seen.Add((occurrence.Type, occurrence.PreviousState));
        if (!page.TryMove(occurrence))
        {
            run.Report($"{occurrence.Job.Id}: {occurrence.Type} from {occurrence.PreviousState} while {page.State}, after {string.Join(", ", page.Seen)}");
        }

        // A subscriber may look at any job, also at those that end with this one.
        if (occurrence.Job.TryGetInfo(out JobInfo? info) && info.ParentId is { } parentId && run.Store.TryGetJob(parentId, out JobHandle parent))
        {
            _ = parent.State;
        }

        Interlocked.Decrement(ref page.Inside);
    }

    /// <summary>While nothing runs: every job is in the state its last event told.</summary>
    public void Close(JobStore store)
    {
        foreach ((JobId id, Page page) in _pages)
        {
            JobState state = store.TryGetJob(id, out JobHandle job) ? job.State : JobState.None;
            if (state != page.State)
            {
                run.Report($"{id}: is {state}, its events say {page.State}: {string.Join(", ", page.Seen)}");
            }
        }
    }

    private sealed class Page
    {
        public int Inside;

        public List<(JobEventType Type, JobState From)> Seen { get; } = [];

        public JobState State { get; private set; }

        private bool IsAdded { get; set; }

        private bool IsRemoved { get; set; }

        private bool IsEnded => State is JobState.Completed or JobState.Failed or JobState.Canceled;

        public bool TryMove(in JobEvent occurrence)
        {
            if (IsRemoved || (IsAdded ? State : JobState.None) != occurrence.PreviousState)
            {
                return false;
            }

            switch (occurrence.Type)
            {
                case JobEventType.Added:
                    bool isFirst = !IsAdded;
                    IsAdded = true;
                    return isFirst;
                case JobEventType.Retrying or JobEventType.RetriesExhausted:
                    return State == JobState.Active;
                case JobEventType.Removed:
                    bool mayGo = State is not (JobState.Active or JobState.None);
                    State = JobState.None;
                    IsRemoved = true;
                    return mayGo;
                default:
                    JobState next = StateOf(occurrence.Type);
                    bool may = IsAdded && MayMove(next);
                    State = next;
                    return may;
            }
        }

        private static JobState StateOf(JobEventType type) => type switch
        {
            JobEventType.WaitingChildren => JobState.WaitingChildren,
            JobEventType.Delayed => JobState.Delayed,
            JobEventType.Waiting => JobState.Waiting,
            JobEventType.Active => JobState.Active,
            JobEventType.Completed => JobState.Completed,
            JobEventType.Failed => JobState.Failed,
            _ => JobState.Canceled,
        };

        private bool MayMove(JobState next) => next switch
        {
            JobState.WaitingChildren => State == JobState.None || IsEnded,
            JobState.Delayed => State is JobState.Active,
            JobState.Waiting => State is not JobState.Waiting,
            JobState.Active => State is JobState.Waiting,
            JobState.Completed => State is JobState.Active,
            JobState.Failed => State is JobState.Active or JobState.WaitingChildren,
            _ => State is JobState.Active or JobState.Waiting or JobState.WaitingChildren or JobState.Delayed,
        };
    }
}
