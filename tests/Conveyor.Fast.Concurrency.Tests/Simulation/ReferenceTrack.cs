namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Rule 26: one queue's ended jobs of one kind. A job goes when so many as its bound says have ended after it.</summary>
internal sealed class ReferenceTrack(KeepBound standard)
{
    private readonly List<(ReferenceJob Job, int End, int Bound, int Order)> _kept = [];
    private readonly List<int> _ownBounds = [];
    private int _ends;

    /// <summary>Counts the end of a job that is not kept at all. Answers with the jobs that have to go.</summary>
    public IReadOnlyList<ReferenceJob> Count() => Overdue(++_ends);

    /// <summary>Keeps a job, by its own bound or the queue's; for ever without one.</summary>
    public IReadOnlyList<ReferenceJob> File(ReferenceJob job, KeepBound own)
    {
        IReadOnlyList<ReferenceJob> overdue = Overdue(++_ends);
        job.Filed = (this, _ends);
        if (BoundOf(own).Count is { } bound)
        {
            _kept.Add((job, _ends, bound, own.IsNone ? -1 : OrderOf(bound)));
        }

        return overdue;
    }

    public KeepBound BoundOf(KeepBound own) => own.IsNone ? standard : own;

    /// <summary>Of those that go at once the rules leave the order open: by the queue's bound first, then as bounds came into use.</summary>
    private List<ReferenceJob> Overdue(int ends)
    {
        List<ReferenceJob> overdue = [.. _kept.Where(kept => ends - kept.End >= kept.Bound && IsGood(kept.Job, kept.End)).OrderBy(static kept => kept.Order).Select(static kept => kept.Job)];
        _kept.RemoveAll(kept => ends - kept.End >= kept.Bound);
        return overdue;
    }

    private int OrderOf(int bound)
    {
        if (!_ownBounds.Contains(bound))
        {
            _ownBounds.Add(bound);
        }

        return _ownBounds.IndexOf(bound);
    }

    /// <summary>Not removed and not retried since.</summary>
    private bool IsGood(ReferenceJob job, int end) => job.IsStored && job.IsEnded && job.Filed == (this, end);
}
