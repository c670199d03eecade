using System.Collections;
using Conveyor.Fast.Admission;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast;

/// <summary>
/// A parent's direct children in declared order. The list never changes; what a child has become is read when asked for.
/// Valid as long as its parent's handler runs, or, taken from a handle, for ever.
/// </summary>
public readonly struct JobChildren : IReadOnlyList<JobChild>
{
    private readonly JobStore? _store;
    private readonly long[]? _ids;
    private readonly int _first;
    private readonly long _parentId;
    private readonly bool _ignoresFailures;

    private JobChildren(JobStore store, long parentId, long[] ids, int first, int count, bool ignoresFailures)
    {
        _store = store;
        _parentId = parentId;
        _ids = ids;
        _first = first;
        _ignoresFailures = ignoresFailures;
        Count = count;
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>One child.</summary>
    /// <param name="index">From 0, in declared order.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such child.</exception>
    public JobChild this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return new JobChild(_store!, new JobId(_ids![_first + index]), _parentId, _ignoresFailures);
        }
    }

    /// <summary>Goes through the children without allocating.</summary>
    /// <returns>An enumerator.</returns>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<JobChild> IEnumerable<JobChild>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>For a parent whose record is pinned by its run: no copy. It runs, so a bad end has not failed it, or not in this life.</summary>
    internal static JobChildren OfRun(JobStore store, JobTable table, int slot)
    {
        ref JobDetails details = ref table.Details(slot);
        return details.ChildCount != 0 && table.Flows.Find(details.Block) is { } block
            ? new JobChildren(store, table.Record(slot).Id, block.Ids, details.FirstChild, details.ChildCount, ignoresFailures: true)
            : default;
    }

    /// <summary>For anybody: a copy that was whole when it was taken.</summary>
    internal static JobChildren Of(JobStore store, JobId id)
    {
        Engine engine = store.Engine;
        while (JobCopy.TryTake(engine.Table, id.ToInt64(), out JobCopy copy))
        {
            if (copy.Details.ChildCount == 0 || engine.Table.Flows.Find(copy.Details.Block) is not { } block)
            {
                return default;
            }

            long[] all = block.Ids;
            long[] ids = copy.Details.FirstChild + copy.Details.ChildCount <= all.Length
                ? all.AsSpan(copy.Details.FirstChild, copy.Details.ChildCount).ToArray()
                : [];
            if (JobCopy.StillStands(engine.Table, id.ToInt64(), copy))
            {
                return new JobChildren(store, id.ToInt64(), ids, 0, ids.Length, Ignores(copy));
            }
        }

        return default;
    }

    internal JobId[] Ids()
    {
        JobId[] ids = new JobId[Count];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = new JobId(_ids![_first + i]);
        }

        return ids;
    }

    /// <summary>Also a parent that was retried by hand goes on in spite of the children that ended badly before.</summary>
    private static bool Ignores(in JobCopy parent) =>
        parent.References.Definition.Settings.Policy == ChildFailurePolicy.Ignore || parent.State is not (JobState.Failed or JobState.Canceled);

    /// <summary>Goes through the children.</summary>
    public struct Enumerator : IEnumerator<JobChild>
    {
        private readonly JobChildren _children;
        private int _index;

        internal Enumerator(JobChildren children)
        {
            _children = children;
            _index = -1;
        }

        /// <inheritdoc/>
        public readonly JobChild Current => _children[_index];

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext() => ++_index < _children.Count;

        /// <inheritdoc/>
        public void Reset() => _index = -1;

        /// <inheritdoc/>
        public readonly void Dispose()
        {
        }
    }
}
