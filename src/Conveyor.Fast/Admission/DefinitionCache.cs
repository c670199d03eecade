using System.Collections.Concurrent;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Admission;

/// <summary>Turns a name and options into the definition that jobs of one queue share. What is used again and again is found by reference.</summary>
internal sealed class DefinitionCache(JobOptions queueDefaults, JobOptions storeDefaults, bool lifo)
{
    private const int Recent = 8;
    private const int MaxKept = 1024;
    private readonly JobSettings _plain = new(JobOptions.None, queueDefaults, storeDefaults, lifo);
    private readonly Entry?[] _recent = new Entry?[Recent];
    private readonly ConcurrentDictionary<(string Name, JobOptions? Options), Entry> _kept = new();
    private int _keptCount;

    public JobDefinition Get(string name, JobOptions? options)
    {
        // Plain access: an entry is immutable, and a stale one only costs a look-up.
        ref Entry? recent = ref _recent[(name.Length + name[0]) & (Recent - 1)];
        if (recent is { } entry && ReferenceEquals(entry.Name, name) && ReferenceEquals(entry.Options, options))
        {
            return entry.Definition;
        }

        Entry found = Find(name, options);
        recent = found;
        return found.Definition; // Not what stands there: another thread may have put its own there by now.
    }

    private Entry Find(string name, JobOptions? options)
    {
        if (_kept.TryGetValue((name, options), out Entry? entry))
        {
            return entry;
        }

        JobSettings settings = options is null ? _plain : new JobSettings(options, queueDefaults, storeDefaults, lifo);

        // Beyond the bound names or options come and go: what they need is made anew, and nothing of them is kept.
        bool isKept = Atomic.Increment(ref _keptCount) <= MaxKept;
        entry = new Entry(name, options, new JobDefinition(name, settings) { IsKept = isKept });
        return isKept ? _kept.GetOrAdd((name, options), entry) : entry;
    }

    private sealed record Entry(string Name, JobOptions? Options, JobDefinition Definition);
}
