using System.Collections.Concurrent;

namespace Conveyor.Fast.Concurrency.Tests.Soak;

/// <summary>What was found wrong, by whatever thread; the first ones tell enough.</summary>
internal sealed class FaultList
{
    private const int Most = 20;
    private readonly ConcurrentQueue<string> _faults = new();

    public bool IsEmpty => _faults.IsEmpty;

    public void Add(string fault)
    {
        if (_faults.Count < Most)
        {
            _faults.Enqueue(fault);
        }
    }

    public override string ToString() => string.Join(Environment.NewLine, _faults);
}
