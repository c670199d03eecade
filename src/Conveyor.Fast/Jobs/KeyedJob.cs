using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// What a job with a deduplication key has beside its record: the key, and the edges to parents that attached to it. An
/// edge is named by its parent and its place in the parent's block, since one parent may wait for one job twice. The lock
/// is met by those who attach, by the job's end and by parents that let go; the state word decides who of them was first.
/// </summary>
internal sealed class KeyedJob(JobTable table, long id, int queue, string key)
{
    private const int FirstSweep = 8;
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<(long ParentId, int Index), ParentEdge> _edges = [];
    private int _sweepAt = FirstSweep;

    public long Id => id;

    public int Queue => queue;

    public string Key => key;

    /// <summary>Written aside and not published yet; whether it ever will be is not known.</summary>
    public bool IsPending
    {
        get
        {
            long word = Atomic.Read(ref Record.Word);
            return Atomic.Read(ref Record.Id) == id && Has(word, Uncommitted) && table.Flows.Find(table.Details(SlotOf(id)).Block) is null;
        }
    }

    public bool IsLive
    {
        get
        {
            long word = Atomic.Read(ref Record.Word);
            return Atomic.Read(ref Record.Id) == id && IsUnfinished(word);
        }
    }

    private ref JobRecord Record => ref table.Record(SlotOf(id));

    /// <summary>
    /// Keeps the record for a parent whose flow is about to be committed. With <paramref name="mustLive"/> only of a job
    /// that has not ended; else the caller has kept the record already, or owns the job.
    /// </summary>
    public bool TryPrepare(long parentId, int index, int parentQueue, bool mustLive)
    {
        lock (_lock)
        {
            if (!JobMoves.TryAttach(ref Record, id, mustLive))
            {
                return false;
            }

            if (mustLive && _edges.Count >= _sweepAt)
            {
                SweepLocked(); // The job lives, so nobody goes through the edges by number.
            }

            _edges.Add((parentId, index), new ParentEdge(parentQueue, EdgeStage.Prepared, IsReleased: false));
            return true;
        }
    }

    /// <summary>After the commit: opens the edge if the job lives, else tells how it ended. The job's record is pinned by the edge.</summary>
    public OpenFate Open(long parentId, int index, out object? cause)
    {
        while (true)
        {
            long word = JobMoves.Settled(ref Record, id); // Not under the lock, which the winner of the end needs.
            lock (_lock)
            {
                cause = table.References(SlotOf(id)).Result;
                Atomic.ReadBarrier();
                if (!_edges.TryGetValue((parentId, index), out ParentEdge edge) || edge.Stage != EdgeStage.Prepared)
                {
                    return OpenFate.Dropped;
                }

                long seen = Atomic.Read(ref Record.Word);
                if (IsUnfinished(seen))
                {
                    // The end comes after this look, and then finds the edge under the lock.
                    _edges[(parentId, index)] = edge with { Stage = EdgeStage.Open };
                    return OpenFate.Open;
                }

                if (State(seen) == Gone || ((seen ^ word) & (StepMask | Recorded)) == 0)
                {
                    _edges[(parentId, index)] = edge with { Stage = EdgeStage.Settled };
                    return State(seen) is Failed or Canceled ? OpenFate.EndedBadly : OpenFate.EndedWell;
                }
            }
        }
    }

    /// <summary>The end's winner takes the open edges one by one; 0 after the last.</summary>
    public long TakeOpen(ref int next)
    {
        lock (_lock)
        {
            while (next < _edges.Count)
            {
                int place = next++;
                ((long parentId, _), ParentEdge edge) = _edges.GetAt(place);
                if (edge.Stage == EdgeStage.Open)
                {
                    _edges.SetAt(place, edge with { Stage = EdgeStage.Settled });
                    return parentId;
                }
            }

            LetGoLocked();
            return 0;
        }
    }

    /// <summary>Opens the settled edge of a parent that is retried by hand. False if there is nothing to open.</summary>
    public bool TryReopen(long parentId, int index)
    {
        lock (_lock)
        {
            if (!_edges.TryGetValue((parentId, index), out ParentEdge edge) || edge.Stage != EdgeStage.Settled
                || !JobMoves.TryAttach(ref Record, id, mustLive: true))
            {
                return false;
            }

            _edges[(parentId, index)] = edge with { Stage = EdgeStage.Open };
            return true;
        }
    }

    /// <summary>The parent does not read the job any more. Returns whether an edge that was not settled goes with it, to be counted by the caller.</summary>
    /// <param name="parentId">The parent.</param>
    /// <param name="index">The edge's place in the parent's block.</param>
    /// <param name="word">The job's word if this was the last thing that kept its record for further parents, else 0.</param>
    public bool Release(long parentId, int index, out long word)
    {
        lock (_lock)
        {
            word = 0;
            if (!_edges.TryGetValue((parentId, index), out ParentEdge edge))
            {
                return false;
            }

            _edges[(parentId, index)] = edge with { Stage = EdgeStage.Settled, IsReleased = true };
            word = edge.IsActive ? LetGoLocked() : 0;
            return edge.Stage != EdgeStage.Settled;
        }
    }

    /// <summary>Whether a parent other than the given one waits for the job. With <paramref name="heldGo"/> a held parent does not count.</summary>
    public bool IsAwaitedBeside(long parentId, bool heldGo)
    {
        long word = Atomic.Read(ref Record.Word);
        long first = Has(word, HasParent) && !Has(word, EdgeSettled) ? Record.ParentId : 0;
        if (first != 0 && first != parentId && Waits(first, heldGo))
        {
            return true;
        }

        lock (_lock)
        {
            foreach (((long ParentId, int) edge, ParentEdge state) in _edges)
            {
                if (state.Stage != EdgeStage.Settled && edge.ParentId != parentId && Waits(edge.ParentId, heldGo))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The further parents whose flows are committed, in the order in which they attached.</summary>
    public (long Id, int Queue)[] Parents()
    {
        lock (_lock)
        {
            return [.. _edges.Where(static edge => edge.Value.Stage != EdgeStage.Prepared).Select(static edge => (edge.Key.ParentId, edge.Value.Queue)).Distinct()];
        }
    }

    /// <summary>For the integrity checker: all edges.</summary>
    public (long ParentId, ParentEdge Edge)[] Edges()
    {
        lock (_lock)
        {
            return [.. _edges.Select(static edge => (edge.Key.ParentId, edge.Value))];
        }
    }

    private static bool IsUnfinished(long word) => State(word) is >= WaitingChildren and <= Active;

    private bool Waits(long parentId, bool heldGo)
    {
        ref JobRecord parent = ref table.Record(SlotOf(parentId));
        long word = Atomic.Read(ref parent.Word);
        return Atomic.Read(ref parent.Id) == parentId && State(word) == WaitingChildren && !(heldGo && Has(word, Held));
    }

    /// <summary>Takes the flag off the word if no edge needs the record. Returns the word before it, or 0.</summary>
    private long LetGoLocked()
    {
        foreach (ParentEdge edge in _edges.Values)
        {
            if (edge.IsActive)
            {
                return 0;
            }
        }

        return Atomic.And(ref Record.Word, ~HasFurtherParents);
    }

    /// <summary>Forgets parents that are gone, so that a job that lives long stays small; looked at again at twice the size.</summary>
    private void SweepLocked()
    {
        foreach (((long ParentId, int) edge, ParentEdge state) in _edges.ToArray())
        {
            ref JobRecord parent = ref table.Record(SlotOf(edge.ParentId));
            if (!state.IsActive && (Visible(Atomic.Read(ref parent.Word)) == JobState.None || Atomic.Read(ref parent.Id) != edge.ParentId))
            {
                _edges.Remove(edge);
            }
        }

        _sweepAt = Math.Max(FirstSweep, _edges.Count * 2);
    }
}
