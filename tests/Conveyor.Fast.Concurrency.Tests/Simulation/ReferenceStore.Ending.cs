namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Ends and what follows from them for parents and for what is kept. Rules 7 to 12, 26.</summary>
internal sealed partial class ReferenceStore
{
    private Queue<(Action Conclusion, bool IsEnd)> _conclusions = new();
    private readonly Queue<(ReferenceJob Job, ReferenceNews News)> _evicted = new();
    private readonly List<Action> _tidings = []; // What others hear, once all has been concluded.
    private readonly List<Action> _ready = []; // Last of all.
    private List<Action>? _readyByFurtherEdges; // While those of one job are settled: they come after the ends that come by these edges.
    private bool _isByFurtherEdge; // What is settled follows from an edge to a parent that has attached, over any number of levels.
    private readonly List<(ReferenceJob Job, (ReferenceTrack, int)? Filed, TimeSpan Due)> _expiring = [];

    /// <summary>The end of a life. What others hear of it follows when the whole operation is done.</summary>
    private void End(ReferenceJob job, JobState state, string? reason, string? origin, ReferenceJob? after = null)
    {
        JobState previous = job.State;
        job.State = state;
        job.Ended = _now;
        job.IsCancelRequested = false;
        job.EndAttempt(state == JobState.Completed ? JobAttemptOutcome.Completed : JobAttemptOutcome.Canceled, reason, _now);
        job.Reason = reason;
        job.Origin = origin;
        _delayed.Remove(job);
        FreeKey(job);
        JobEventType type = state == JobState.Completed ? JobEventType.Completed : state == JobState.Failed ? JobEventType.Failed : JobEventType.Canceled;
        bool isExhausted = state == JobState.Failed && previous == JobState.Active && job.Plan.Attempts > 1 && job.AttemptsMade == job.Plan.Attempts;
        ReferenceNews end = job.End = Book(job, previous, after, isExhausted ? [JobEventType.RetriesExhausted, type] : [type]);
        _conclusions.Enqueue((() =>
        {
            TellEnd(end, OutcomeOf(job));
            if (state == JobState.Completed)
            {
                LetChildrenGo(job);
            }

            Keep(job);
        }, true));
        Settle(job, isBad: state != JobState.Completed);
    }

    /// <summary>
    /// 7: a child settles each edge once, the one to the parent it was added under first. 8: what that does to its parents.
    /// What follows for that parent is concluded last, since it is the one that may be run next.
    /// </summary>
    private void Settle(ReferenceJob child, bool isBad)
    {
        Queue<(Action Conclusion, bool IsEnd)> before = _conclusions;
        Queue<(Action Conclusion, bool IsEnd)> first = _conclusions = new();
        if (child.FirstEdge is { IsOpen: true } own)
        {
            Settle(own, isBad);
        }

        _conclusions = before;
        List<ReferenceEdge> others = child.Parents.FindAll(static edge => edge is { IsOpen: true, IsPrepared: false });
        bool outer = _isByFurtherEdge;
        List<Action>? outerReady = _readyByFurtherEdges;
        List<Action> ready = _readyByFurtherEdges = [];
        _isByFurtherEdge = true;
        foreach (ReferenceEdge edge in others)
        {
            Settle(edge, isBad);
        }

        _isByFurtherEdge = outer;
        _readyByFurtherEdges = outerReady;
        ready.ForEach(conclusion => _conclusions.Enqueue((conclusion, false)));
        if (others.Count > 0)
        {
            _conclusions.Enqueue((static () => { }, true)); // What goes by the others' ends has gone before that parent's.
        }

        foreach ((Action Conclusion, bool IsEnd) conclusion in first)
        {
            _conclusions.Enqueue(conclusion);
        }
    }

    private void Settle(ReferenceEdge edge, bool isBad)
    {
        ReferenceJob child = edge.Child;
        ReferenceJob parent = edge.Parent;
        edge.IsOpen = false;
        if (parent is not { IsStored: true, State: JobState.WaitingChildren })
        {
            return; // 10: never moved by what its children do later.
        }

        if (isBad && parent.Plan.Policy == ChildFailurePolicy.Fail)
        {
            End(parent, JobState.Failed, $"child '{child.Name}'{(child.Origin is null ? "" : $": {child.Origin}")}", child.Origin, child);
        }
        else if (isBad && parent.Plan.Policy == ChildFailurePolicy.Remove)
        {
            parent.Origin = child.Origin;
            TakeAway(parent, child);
            Settle(parent, isBad: true); // 9: removed by policy counts as failed there.
        }
        else
        {
            PromoteIfSettled(parent, edge);
        }
    }

    /// <summary>
    /// 11: once, in the step that settles the last edge; its own delay counts from then. 16: to the front, last of all, as it
    /// may be run next; one that is ready by the end of a job that some parent has attached to goes with the other conclusions, after the ends.
    /// </summary>
    private void PromoteIfSettled(ReferenceJob parent, ReferenceEdge? last)
    {
        if (parent is not { IsStored: true, State: JobState.WaitingChildren, Guards: 0 } || parent.Children.Exists(static edge => edge.IsOpen))
        {
            return;
        }

        parent.State = parent.OwnDelay > TimeSpan.Zero ? JobState.Delayed : JobState.Waiting;
        if (parent.State == JobState.Delayed)
        {
            PutUnderClock(parent, parent.OwnDelay);
        }

        ReferenceNews news = Book(parent, JobState.WaitingChildren, last?.Child, WaitingType(parent));
        Action ready = () =>
        {
            Tell(news);
            Line(news, toFront: true);
        };
        if (last is null || (last == last.Child.FirstEdge && !_isByFurtherEdge))
        {
            _ready.Add(ready);
        }
        else
        {
            Action conclusion = () => _tidings.Add(ready);
            if (_readyByFurtherEdges is { } later)
            {
                later.Add(conclusion);
            }
            else
            {
                _conclusions.Enqueue((conclusion, false));
            }
        }
    }

    /// <summary>Removes a job; it settles no edge.</summary>
    private void TakeAway(ReferenceJob job, ReferenceJob? after = null)
    {
        JobState previous = job.State;
        job.IsStored = false;
        _delayed.Remove(job);
        FreeKey(job);
        ReferenceNews end = job.End = Book(job, previous, after, JobEventType.Removed);
        _conclusions.Enqueue((() => ConcludeRemoval(job, end), false));
    }

    private void ConcludeRemoval(ReferenceJob job, ReferenceNews news)
    {
        TellEnd(news, "gone");
        LetChildrenGo(job);
    }

    /// <summary>
    /// In order. What an end pushes out of what is kept goes next; of removals the rules leave it open, and it goes last. Then
    /// others hear of it, who may do anything.
    /// </summary>
    private void Conclude()
    {
        ServeAdders();
        while (_conclusions.TryDequeue(out (Action Conclusion, bool IsEnd) next))
        {
            next.Conclusion();
            while ((next.IsEnd || _conclusions.Count == 0) && _evicted.TryDequeue(out (ReferenceJob Job, ReferenceNews News) evicted))
            {
                ConcludeRemoval(evicted.Job, evicted.News);
            }
        }

        List<Action> tidings = [.. _tidings, .. _ready];
        _tidings.Clear();
        _ready.Clear();
        tidings.ForEach(static tell => tell());
    }

    private void Evict(ReferenceJob job)
    {
        job.IsStored = false;
        _evicted.Enqueue((job, Book(job, job.State, null, JobEventType.Removed)));
    }

    /// <summary>12: until then children that have ended are kept beside the bound; one of several edges goes with its last.</summary>
    private void LetChildrenGo(ReferenceJob parent)
    {
        if (parent.HasLetChildrenGo)
        {
            return;
        }

        parent.HasLetChildrenGo = true;
        foreach (ReferenceJob child in parent.Children.Select(static edge => edge.Child).Reverse().Distinct().Reverse())
        {
            if (child is { IsStored: true, IsConcluded: true, IsLetGo: true, Filed: null })
            {
                File(child);
            }
        }
    }

    private void Keep(ReferenceJob job)
    {
        job.IsConcluded = true;
        if (TrackOf(job).BoundOf(OwnBoundOf(job)).Count == 0)
        {
            EvictAll(TrackOf(job).Count());
            Evict(job);
        }
        else if (job.IsLetGo)
        {
            File(job);
        }
    }

    private void File(ReferenceJob job)
    {
        EvictAll(TrackOf(job).File(job, OwnBoundOf(job)));
        if (TrackOf(job).BoundOf(OwnBoundOf(job)).Minutes is { } minutes)
        {
            KeepUntil(job, job.Ended!.Value + TimeSpan.FromMinutes(minutes));
        }
    }

    /// <summary>26: the age counts from the end, though the job is filed when its last parent has read it.</summary>
    private void KeepUntil(ReferenceJob job, TimeSpan due)
    {
        if (due <= _now)
        {
            Evict(job);
            return;
        }

        _expiring.Add((job, job.Filed, due));
    }

    /// <summary>26: by the engine's own timer, the oldest first. Not those removed or retried meanwhile.</summary>
    private void LetExpire()
    {
        foreach ((ReferenceJob job, (ReferenceTrack, int)? filed, _) in _expiring.Where(kept => kept.Due <= _now).OrderBy(static kept => kept.Due))
        {
            if (job is { IsStored: true, IsEnded: true } && job.Filed == filed)
            {
                TakeAway(job);
            }
        }

        _expiring.RemoveAll(kept => kept.Due <= _now);
        Conclude();
    }

    private void EvictAll(IEnumerable<ReferenceJob> jobs)
    {
        foreach (ReferenceJob job in jobs)
        {
            Evict(job);
        }
    }

    private static KeepBound OwnBoundOf(ReferenceJob job) => job.State == JobState.Completed ? job.Plan.OnComplete : job.Plan.OnFail;

    private ReferenceTrack TrackOf(ReferenceJob job) => _tracks[(job.Plan.Queue, job.State == JobState.Completed)];
}
