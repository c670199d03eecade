namespace Conveyor.Fast.Concurrency.Tests.Soak;

/// <summary>
/// One job as its events tell it: which may follow which. An ended job lives again only by a retry, so it has one end in
/// a life; after the removal there is nothing.
/// </summary>
/// <param name="isForced">Whether a job may be removed while it runs, since its queue may be obliterated by force.</param>
internal sealed class EventAutomaton(bool isForced = false)
{
    private static readonly HashSet<(JobState From, JobEventType Type, JobState To)> s_moves =
    [
        (JobState.None, JobEventType.WaitingChildren, JobState.WaitingChildren),
        (JobState.None, JobEventType.Waiting, JobState.Waiting),
        (JobState.None, JobEventType.Delayed, JobState.Delayed),
        (JobState.WaitingChildren, JobEventType.Waiting, JobState.Waiting),
        (JobState.WaitingChildren, JobEventType.Delayed, JobState.Delayed),
        (JobState.WaitingChildren, JobEventType.Failed, JobState.Failed),
        (JobState.WaitingChildren, JobEventType.Canceled, JobState.Canceled),
        (JobState.Waiting, JobEventType.Active, JobState.Active),
        (JobState.Waiting, JobEventType.Canceled, JobState.Canceled),
        (JobState.Active, JobEventType.Retrying, JobState.Active),
        (JobState.Active, JobEventType.RetriesExhausted, JobState.Active),
        (JobState.Active, JobEventType.Stalled, JobState.Active),
        (JobState.Active, JobEventType.Waiting, JobState.Waiting),
        (JobState.Active, JobEventType.Delayed, JobState.Delayed),
        (JobState.Active, JobEventType.Completed, JobState.Completed),
        (JobState.Active, JobEventType.Failed, JobState.Failed),
        (JobState.Active, JobEventType.Canceled, JobState.Canceled),
        (JobState.Delayed, JobEventType.Waiting, JobState.Waiting),
        (JobState.Delayed, JobEventType.Canceled, JobState.Canceled),
        .. from ended in new[] { JobState.Completed, JobState.Failed, JobState.Canceled }
           from again in new[] { (JobEventType.Waiting, JobState.Waiting), (JobEventType.WaitingChildren, JobState.WaitingChildren) }
           select (ended, again.Item1, again.Item2),
    ];

    private static readonly Dictionary<JobEventType, JobState> s_states = s_moves
        .Where(static move => move.Type is not (JobEventType.Retrying or JobEventType.RetriesExhausted or JobEventType.Stalled))
        .Select(static move => (move.Type, move.To)).Distinct().ToDictionary();

    private int _inside;
    private bool _isAdded;

    public JobState State { get; private set; }

    /// <summary>What is wrong with the event, or null.</summary>
    public string? Hear(in JobEvent occurrence)
    {
        if (Interlocked.Increment(ref _inside) != 1)
        {
            return "two events at once";
        }

        string? fault = Follow(occurrence);
        Interlocked.Decrement(ref _inside);
        return fault;
    }

    private string? Follow(in JobEvent occurrence)
    {
        JobState from = State;
        if (occurrence.Type == JobEventType.Added)
        {
            (bool wasAdded, _isAdded) = (_isAdded, true);
            return wasAdded ? "added twice" : null;
        }

        if (!_isAdded || occurrence.PreviousState != from)
        {
            return $"{occurrence.Type} from {occurrence.PreviousState}, but it was {from}{(_isAdded ? "" : " and not added")}";
        }

        if (occurrence.Type == JobEventType.Removed)
        {
            State = JobState.None;
            return from == JobState.Active && !isForced ? "removed while it ran" : null;
        }

        State = s_states.GetValueOrDefault(occurrence.Type, from);
        return s_moves.Contains((from, occurrence.Type, State)) ? null : $"{occurrence.Type} while {from}";
    }
}
