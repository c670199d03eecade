using System.Diagnostics.CodeAnalysis;
using Conveyor.Fast.Concurrency.Tests.Explorer;
using Conveyor.Fast.Concurrency.Tests.Explorer.Model;

namespace Conveyor.Fast;

/// <summary>The runtime's dictionary as the explorer builds it: each call is one step, but one that makes what it adds.</summary>
[Unwoven]
internal sealed class ConcurrentDictionary<TKey, TValue>(IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    private readonly nint _place = Places.Next();
    private readonly Dictionary<TKey, TValue> _items = new(comparer);

    public bool IsEmpty => Count == 0;

    public int Count => Begin(StepKind.Read, nameof(Count)).Count;

    public ICollection<TValue> Values => Begin(StepKind.Read, nameof(Values)).Values;

    public TValue this[TKey key]
    {
        set => Begin(StepKind.Change, "set")[key] = value;
    }

    public bool ContainsKey(TKey key) => Begin(StepKind.Read, nameof(ContainsKey)).ContainsKey(key);

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => Begin(StepKind.Read, nameof(TryGetValue)).TryGetValue(key, out value);

    public TValue? GetValueOrDefault(TKey key) => Begin(StepKind.Read, nameof(GetValueOrDefault)).GetValueOrDefault(key);

    public bool TryAdd(TKey key, TValue value) => Begin(StepKind.Change, nameof(TryAdd)).TryAdd(key, value);

    public bool TryRemove(TKey key, [MaybeNullWhen(false)] out TValue value) => Begin(StepKind.Change, nameof(TryRemove)).Remove(key, out value);

    public bool TryRemove(KeyValuePair<TKey, TValue> item) => ((ICollection<KeyValuePair<TKey, TValue>>)Begin(StepKind.Change, nameof(TryRemove))).Remove(item);

    public void Clear() => Begin(StepKind.Change, nameof(Clear)).Clear();

    public TValue GetOrAdd(TKey key, TValue value) => GetOrAdd(key, static (_, value) => value, value);

    public TValue GetOrAdd(TKey key, Func<TKey, TValue> make) => GetOrAdd(key, static (wanted, make) => make(wanted), make);

    public TValue GetOrAdd<TArgument>(TKey key, Func<TKey, TArgument, TValue> make, TArgument argument)
    {
        if (TryGetValue(key, out TValue? value))
        {
            return value;
        }

        TValue made = make(key, argument); // Between two steps, so another may come first.
        Dictionary<TKey, TValue> items = Begin(StepKind.Change, nameof(GetOrAdd));
        if (!items.TryGetValue(key, out value))
        {
            items.Add(key, value = made);
        }

        return value;
    }

    private Dictionary<TKey, TValue> Begin(StepKind kind, string member)
    {
        Agent.Current?.Take(kind, _place, "a dictionary", member, "");
        return _items;
    }
}
