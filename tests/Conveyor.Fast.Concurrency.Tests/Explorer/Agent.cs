using System.Diagnostics.CodeAnalysis;
using Conveyor.Fast.Concurrency.Tests.Explorer.Model;

namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>
/// One thread of a scenario. It announces each step before it takes it, and takes it when the execution hands it the
/// baton; between two steps it runs alone.
/// </summary>
internal sealed class Agent(Execution execution, int number, string name, Action body)
{
    private const int StepsBetweenThrows = 1000;
    [ThreadStatic]
    private static Agent? s_current;
    private Step _next = new(StepKind.Start, 0, "", "", "");
    private Func<bool>? _mayGo;
    private long _seenChanges = -1;
    private int _stepsWhileAbandoned;

    /// <summary>The agent whose thread this is; null on threads that no execution owns.</summary>
    public static Agent? Current => s_current;

    public int Number => number;

    public string Name => name;

    public Step Next => _next;

    public StoreBuffer Buffer { get; } = new();

    /// <summary>What the agent's thread waits for; the thread's own, from one execution to the next.</summary>
    public SemaphoreSlim Baton { private get; set; } = null!;

    public bool IsDone { get; private set; }

    /// <summary>Whether the announced step could be taken now.</summary>
    public bool IsEnabled => !IsDone && _next.Kind switch
    {
        StepKind.Yield or StepKind.Pause => execution.Changes != _seenChanges,
        StepKind.Read => !execution.IsPartlyPendingElsewhere(this),
        StepKind.Change or StepKind.Enter or StepKind.Leave => Buffer.IsEmpty && !execution.IsPendingElsewhere(this, _next) && _mayGo?.Invoke() != false,
        StepKind.Store => !execution.IsPendingElsewhere(this, _next),
        StepKind.Fence => execution.AreBuffersEmpty,
        _ => true,
    };

    /// <summary>Announces a step and returns when it is this thread's turn to take it.</summary>
    public void Take(StepKind kind, nint place, string what, string member, string file, Func<bool>? mayGo = null, int size = 1)
    {
        if (execution.IsAbandoned)
        {
            Unwind();
            return;
        }

        _mayGo = mayGo;
        Take(new Step(kind == StepKind.Write ? execution.StoreKind : kind, place, what, member, file) { Size = size });
        if (kind is StepKind.Yield or StepKind.Pause)
        {
            _seenChanges = execution.Changes; // What comes after this turn's look makes another turn worth while.
        }
    }

    /// <summary>A plain access: a step if it races, else it happens here and now; false if that is so.</summary>
    public bool TakePlain(StepKind kind, nint place, int size, int site)
    {
        if (execution.IsAbandoned)
        {
            return false;
        }

        Site at = Site.All[site];
        Step step = new(kind == StepKind.Write ? execution.StoreKind : kind, place, at.What, at.Member, at.Type) { Size = size, Site = site };
        if (!execution.IsStep(this, step))
        {
            execution.Watch.Observe(number, step);
            return false;
        }

        _mayGo = null;
        Take(step);
        return !execution.IsAbandoned;
    }

    /// <summary>What a thread sees at the place of its step: its own buffered store, else what is visible to all.</summary>
    [return: NotNullIfNotNull(nameof(memory))]
    public T See<T>(T memory) => execution.See(this, memory);

    public void Store(object? before) => execution.Store(this, before);

    /// <summary>Writes down what the step just taken has read or written.</summary>
    public void Note(object? before, object? after) => execution.Note(before, after);

    /// <summary>A model has seen what must not be, wherever an exception would get to.</summary>
    public void Fail(string fault) => execution.Fail(fault);

    public void AwaitBaton() => Baton.Wait();

    public void HandBaton() => Baton.Release();

    /// <summary>The thread's whole part in the execution, from when it first has the baton.</summary>
    public void Run()
    {
        s_current = this;
        try
        {
            if (!execution.IsAbandoned)
            {
                body();
            }
        }
        catch (Abandoned)
        {
            // The verdict stands.
        }
        catch (Exception error)
        {
            execution.Fail($"{name} threw: {error}");
        }
        finally
        {
            s_current = null;
            IsDone = true;
            execution.Finish();
        }
    }

    private void Take(Step step)
    {
        _next = step;
        execution.Schedule(this);
        if (execution.IsAbandoned)
        {
            Unwind();
            return;
        }

        execution.Watch.Observe(number, _next);
    }

    /// <summary>Throws, but now and then only, so that what the stages do in a finally block is done.</summary>
    private void Unwind()
    {
        if (_stepsWhileAbandoned++ % StepsBetweenThrows == 0)
        {
            throw new Abandoned();
        }
    }
}
