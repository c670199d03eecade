using System.Collections;
using Conveyor.Fast.Admission;

namespace Conveyor.Fast;

/// <summary>
/// What became of a description: the job, and the results of its children in declared order. Names, data and states are
/// as committed; the tree below the root is laid out when it is first asked for.
/// </summary>
public sealed class FlowResult
{
    private readonly JobStore _store;
    private readonly FlowEntry[] _entries;
    private readonly int _index;
    private readonly int _roots;
    private readonly BitArray? _delayed; // By entry; null where none is.
    private FlowResult[]? _children;

    internal FlowResult(JobStore store, FlowEntry[] entries, int index, int roots, BitArray? delayed)
    {
        _store = store;
        _entries = entries;
        _index = index;
        _roots = roots;
        _delayed = delayed;
    }

    /// <summary>The job.</summary>
    public JobHandle Job => new(_store, _entries[_index].Id);

    /// <summary>Its name.</summary>
    public string Name => _entries[_index].Job.Name;

    /// <summary>Its queue.</summary>
    public string QueueName => _entries[_index].Job.QueueName;

    /// <summary>Its payload.</summary>
    public object? Data => _entries[_index].Job.Data;

    /// <summary>
    /// The state it was committed in; <see cref="JobHandle.State"/> tells the present one. A leaf that attached to a live job
    /// reads as it would have been committed, whatever that job does.
    /// </summary>
    public JobState State => _entries[_index].IsParent ? JobState.WaitingChildren
        : _delayed?[_index] ?? false ? JobState.Delayed
        : JobState.Waiting;

    /// <summary>The children's results in declared order; empty for a leaf.</summary>
    public IReadOnlyList<FlowResult> Children
    {
        get
        {
            if (_children is null)
            {
                LayOut();
            }

            return _children!;
        }
    }

    /// <summary>Name, id and state of the job alone.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{Name} ({Job.Id}) in '{QueueName}', added {State}, {Children.Count} children";

    internal FlowResult[] Siblings()
    {
        FlowResult[] siblings = new FlowResult[_roots];
        for (int i = 0; i < _roots; i++)
        {
            siblings[i] = i == _index ? this : new FlowResult(_store, _entries, i, _roots, _delayed);
        }

        return siblings;
    }

    /// <summary>Rebuilds the tree from the order in which the plan numbered it: children side by side, parents first, depth first.</summary>
    private void LayOut()
    {
        FlowResult[] all = new FlowResult[_entries.Length];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = i == _index ? this : new FlowResult(_store, _entries, i, _roots, _delayed);
        }

        int next = _roots;
        Stack<(int Node, int Next)> open = new();
        for (int root = 0; root < _roots; root++)
        {
            open.Push((root, -1));
            while (open.TryPop(out (int Node, int Next) top))
            {
                int child = top.Next;
                if (child < 0)
                {
                    child = 0;
                    all[top.Node]._children = TakeChildren(all, top.Node, ref next);
                }

                if (child < all[top.Node]._children!.Length)
                {
                    open.Push((top.Node, child + 1));
                    open.Push((all[top.Node]._children![child]._index, -1));
                }
            }
        }
    }

    private FlowResult[] TakeChildren(FlowResult[] all, int parent, ref int next)
    {
        if (!_entries[parent].IsParent)
        {
            return [];
        }

        int first = next;
        while (!_entries[next++].IsLastChild)
        {
        }

        return all[first..next];
    }
}
