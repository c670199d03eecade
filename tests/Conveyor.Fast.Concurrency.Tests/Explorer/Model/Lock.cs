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
            try
            {
                agent.Take(StepKind.Leave, _place, "a lock", "Lock.Exit", ""); // What was stored under it is visible by then.
            }
            finally
            {
                _owner = null; // Also by an abandoned thread, which does not come out of the step.
            }
        }
    }

    public readonly ref struct Scope(Lock owner)
    {
        public void Dispose() => owner.Exit();
    }
}
