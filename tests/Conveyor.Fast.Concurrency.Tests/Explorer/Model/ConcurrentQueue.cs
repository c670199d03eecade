using System.Diagnostics.CodeAnalysis;
using Conveyor.Fast.Concurrency.Tests.Explorer;
using Conveyor.Fast.Concurrency.Tests.Explorer.Model;

namespace Conveyor.Fast;

/// <summary>The runtime's queue as the explorer builds it: each call is one step. An enqueued item stands with the step on the tail, as takers wait for it from there on.</summary>
[Unwoven]
internal sealed class ConcurrentQueue<T>
{
    private readonly nint _place = Places.Next();
    private readonly Queue<T> _items = new();

    public bool IsEmpty => Count == 0;

    public int Count
    {
        get
        {
            Begin(StepKind.Read, nameof(Count));
            Agent.Current?.Note(_items.Count, null);
            return _items.Count;
        }
    }

    public void Enqueue(T item)
    {
        Begin(StepKind.Change, nameof(Enqueue));
        _items.Enqueue(item);
        Agent.Current?.Note(item, null);
    }

    public bool TryDequeue([MaybeNullWhen(false)] out T item)
    {
        Begin(StepKind.Change, nameof(TryDequeue));
        bool any = _items.TryDequeue(out item);
        Agent.Current?.Note(any ? item : "nothing", null);
        return any;
    }

    private void Begin(StepKind kind, string member) => Agent.Current?.Take(kind, _place, "a queue", member, "");
}
