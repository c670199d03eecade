using System.Diagnostics.CodeAnalysis;

namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>
/// One run of a scenario's threads, one step at a time, in the order a schedule chooses. Whoever holds the baton picks
/// the next one; a thread that is picked again goes on without a switch.
/// </summary>
internal sealed class Execution(ISchedule schedule, bool buffersStores, RaceWatch watch)
{
    private const int MaxSteps = 5000;
    private const int LongestStretch = 300;
    private readonly List<Agent> _agents = [];
    private readonly CountdownEvent _running = new(1);
    private int _verdicts;
    private int _stretch;
    private bool _isAbandoned;

    /// <summary>Threads first, then their store buffers in the same order.</summary>
    public IReadOnlyList<Agent> Agents => _agents;

    public List<TraceLine> Trace { get; } = [];

    /// <summary>What went wrong; null while nothing did.</summary>
    public string? Fault { get; private set; }

    /// <summary>Steps so far that somebody who spins may have waited for.</summary>
    public long Changes { get; private set; }

    public RaceWatch Watch => watch;

    public StepKind StoreKind => buffersStores ? StepKind.Store : StepKind.Write;

    public bool IsAbandoned => Volatile.Read(ref _isAbandoned);

    public bool AreBuffersEmpty => _agents.TrueForAll(static agent => agent.Buffer.IsEmpty);

    public void Add(string name, Action body) => _agents.Add(new Agent(this, _agents.Count, name, body));

    /// <summary>Runs the threads to their ends and flushes what they stored.</summary>
    public void Run(ThreadCrew crew)
    {
        watch.Begin(_agents.Count);
        _running.AddCount(_agents.Count);
        foreach (Agent agent in _agents)
        {
            crew.Cast(agent);
        }

        Pick()?.HandBaton();
        _running.Signal();
        _running.Wait();
    }

    /// <summary>The step a choice would take.</summary>
    public Step StepOf(int choice) => choice < _agents.Count
        ? _agents[choice].Next
        : _agents[choice - _agents.Count].Buffer.Oldest.Flush;

    public void Schedule(Agent agent)
    {
        Agent? next = Pick();
        if (next is not null && next != agent)
        {
            next.HandBaton();
            agent.AwaitBaton();
        }
    }

    /// <summary>A thread has ended and passes the baton on.</summary>
    public void Finish()
    {
        if (!IsAbandoned)
        {
            Pick()?.HandBaton();
        }

        _running.Signal();
    }

    public void Fail(string fault)
    {
        if (Interlocked.Exchange(ref _verdicts, 1) != 0)
        {
            return; // The first one stands; what others throw while they unwind is no news.
        }

        Fault = fault;
        Volatile.Write(ref _isAbandoned, true);
        foreach (Agent agent in _agents)
        {
            if (!agent.IsDone && agent != Agent.Current)
            {
                agent.HandBaton(); // Only to who waits: one too many would begin the next execution.
            }
        }
    }

    /// <summary>Whether a plain access is a step: it races, or another's store to the place is yet to be seen.</summary>
    public bool IsStep(Agent agent, in Step access) => watch.IsStep(access.Site) || IsPendingElsewhere(agent, access);

    public bool IsPendingElsewhere(Agent agent, in Step access)
    {
        foreach (Agent other in _agents)
        {
            if (other != agent && other.Buffer.Overlaps(access))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether an announced read would see others' late stores in a part of its place only: then it waits for them.</summary>
    public bool IsPartlyPendingElsewhere(Agent agent)
    {
        foreach (Agent other in _agents)
        {
            if (other != agent && other.Buffer.OverlapsPartly(agent.Next))
            {
                return true;
            }
        }

        return false;
    }

    [return: NotNullIfNotNull(nameof(memory))]
    public T See<T>(Agent agent, T memory)
    {
        foreach (Agent other in _agents)
        {
            if (other != agent && other.Buffer.TryFind(agent.Next, out object? seen) && (seen is T || default(T) is null))
            {
                return (T)seen!;
            }
        }

        return memory;
    }

    /// <summary>A store has been made in memory; with store buffers others keep seeing what was there before.</summary>
    public void Store(Agent agent, object? before)
    {
        if (buffersStores && !IsAbandoned)
        {
            agent.Buffer.Add(new BufferedStore(agent.Next.Place, agent.Next.Size, before, agent.Next.Site == RaceWatch.Seam ? watch.Leave(agent.Number) : null));
        }
    }

    public void Note(object? before, object? after)
    {
        if (!IsAbandoned)
        {
            TraceLine line = Trace[^1];
            Trace[^1] = line with { Before = before, After = after };
        }
    }

    /// <summary>Chooses until a thread is to go on. Null when all is done, or at a fault.</summary>
    private Agent? Pick()
    {
        while (true)
        {
            int enabled = EnabledChoices();
            if (enabled == 0)
            {
                if (!_agents.TrueForAll(static agent => agent.IsDone))
                {
                    Fail("nobody can go on: " + string.Join(", ", _agents.Where(static agent => !agent.IsDone).Select(static agent => $"{agent.Name} before {agent.Next.Kind} in {agent.Next.Member}")));
                }

                return null;
            }

            if (Trace.Count == MaxSteps)
            {
                Fail($"more than {MaxSteps} steps");
                return null;
            }

            int choice = schedule.Choose(this, enabled);
            if ((enabled >> choice & 1) == 0)
            {
                Fail("the same choices have led elsewhere before: the scenario goes by more than its schedule"); // Or the collector moved places, and it is run again.
                return null;
            }

            Step step = StepOf(choice);
            Agent agent = _agents[choice % _agents.Count];
            Trace.Add(new TraceLine(agent.Number, choice, step, enabled, null, null));
            if (choice < _agents.Count)
            {
                Changes += step.Kind is StepKind.Change or StepKind.Leave or StepKind.Write ? 1 : 0;
                return agent;
            }

            BufferedStore flushed = agent.Buffer.Flush();
            if (flushed.Done is { } done)
            {
                watch.Release(flushed.Place, done);
            }

            Changes++;
        }
    }

    private int EnabledChoices()
    {
        int enabled = 0;
        for (int i = 0; i < _agents.Count; i++)
        {
            enabled |= _agents[i].IsEnabled ? 1 << i : 0;
            enabled |= _agents[i].Buffer.IsEmpty ? 0 : 1 << (i + _agents.Count);
        }

        return enabled == 0 ? PausedChoices() : WithoutTheTireless(enabled);
    }

    /// <summary>Nobody else can go: spins that give up in the end go on to that.</summary>
    private int PausedChoices()
    {
        int paused = 0;
        foreach (Agent agent in _agents)
        {
            paused |= !agent.IsDone && agent.Next.Kind == StepKind.Pause ? 1 << agent.Number : 0;
        }

        return paused;
    }

    /// <summary>A thread that tries again and again until another has done its part must let it, by whatever schedule.</summary>
    private int WithoutTheTireless(int enabled)
    {
        if (Trace.Count < 2 || Trace[^1].Agent != Trace[^2].Agent)
        {
            _stretch = 0;
        }

        if (Trace.Count == 0 || _stretch++ < LongestStretch)
        {
            return enabled;
        }

        int last = Trace[^1].Agent;
        int others = enabled & ~(1 << last | 1 << (last + _agents.Count));
        return others != 0 ? others : enabled;
    }
}
