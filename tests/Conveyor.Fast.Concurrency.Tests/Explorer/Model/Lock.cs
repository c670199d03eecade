using Conveyor.Fast.Concurrency.Tests.Explorer;
using Conveyor.Fast.Concurrency.Tests.Explorer.Model;

namespace System.Threading;

/// <summary>The runtime's lock as the explorer builds it, under its own name, so that the lock statement takes it.</summary>
internal sealed class Lock
{
    private readonly nint _place = Places.Next();
    private Agent? _owner;
    private int _entries;

    public Scope EnterScope()
    {
        if (Agent.Current is { } agent)
        {
            if (_owner != agent)
            {
                agent.Take(StepKind.Enter, _place, "a lock", "Lock.Enter", "", () => _owner is null);
                _owner = agent;
            }

            _entries++;
        }

        return new Scope(this);
    }

    private void Exit()
    {
        if (Agent.Current is { } agent && --_entries == 0)
        {
            // Given back before the step, which an abandoned thread does not come out of.
            _owner = null;
            agent.Take(StepKind.Leave, _place, "a lock", "Lock.Exit", "");
        }
    }

    public readonly ref struct Scope(Lock owner)
    {
        public void Dispose() => owner.Exit();
    }
}
