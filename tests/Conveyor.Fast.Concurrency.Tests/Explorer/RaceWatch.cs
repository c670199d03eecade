using System.Runtime.InteropServices;

namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>
/// Finds out which plain accesses race: two threads meet at a place, one of them writes, and no store through the seam that
/// the other has seen, no lock and no collection orders them. Only those need be steps: while there is none, every order of
/// the other steps has one outcome, however the plain accesses between them are interleaved. What is found is a step from
/// the next execution on.
/// </summary>
internal sealed class RaceWatch
{
    /// <summary>The site of what is a step in any case.</summary>
    public const int Seam = -1;

    private const int Word = sizeof(int);
    private readonly Dictionary<nint, int> _places = [];
    private readonly SortedSet<int> _steps = [];
    private readonly SortedSet<int> _found = [];
    private int[] _clocks = [];
    private int[] _released = [];
    private Access[] _accesses = [];
    private int _agents;

    /// <summary>The sites whose plain accesses are steps.</summary>
    public IReadOnlyCollection<int> Steps => _steps;

    /// <summary>An execution begins.</summary>
    public void Begin(int agents)
    {
        _agents = agents;
        _places.Clear();
        _found.Clear();
        _clocks = new int[agents * agents];
        for (int agent = 0; agent < agents; agent++)
        {
            _clocks[(agent * agents) + agent] = 1;
        }
    }

    public bool IsStep(int site) => _steps.Contains(site);

    /// <summary>Makes what the last execution has found steps; false if that was nothing new.</summary>
    public bool Learn()
    {
        int before = _steps.Count;
        _steps.UnionWith(_found);
        return _steps.Count > before;
    }

    /// <summary>Sets the steps as they were for an execution that is to be repeated.</summary>
    public void Use(IEnumerable<int> steps)
    {
        _steps.Clear();
        _steps.UnionWith(steps);
    }

    /// <summary>A thread takes a step. A late store is released when others see it.</summary>
    public void Observe(int agent, in Step step)
    {
        if (step.Kind is StepKind.Read or StepKind.Write or StepKind.Store or StepKind.Change)
        {
            Touch(agent, step.Place, step.Size, step.Kind != StepKind.Read, step.Site);
        }

        if (step is { Site: Seam, Kind: StepKind.Read or StepKind.Change or StepKind.Enter })
        {
            Join(ClockOf(agent), ReleasedAt(step.Place));
        }

        if (step is { Site: Seam, Kind: StepKind.Write or StepKind.Change or StepKind.Leave })
        {
            Release(step.Place, Leave(agent));
        }
    }

    /// <summary>What the thread has done so far, for a store that others see later.</summary>
    public int[] Leave(int agent)
    {
        Span<int> clock = ClockOf(agent);
        int[] done = clock.ToArray();
        clock[agent]++;
        return done;
    }

    /// <summary>What was done is seen by who acquires the place.</summary>
    public void Release(nint place, ReadOnlySpan<int> done) => Join(ReleasedAt(place), done);

    /// <summary>An access to memory, of whatever kind. A struct's fields are looked at word by word.</summary>
    private void Touch(int agent, nint place, int size, bool writes, int site)
    {
        for (int offset = 0; offset == 0 || (size > sizeof(long) && offset < size); offset += Word)
        {
            TouchWord(agent, place + offset, writes, site);
        }
    }

    private void TouchWord(int agent, nint place, bool writes, int site)
    {
        int first = IndexOf(place) * _agents * 2;
        Span<Access> accesses = _accesses.AsSpan(first, _agents * 2);
        Span<int> clock = ClockOf(agent);
        for (int other = 0; other < _agents; other++)
        {
            if (other != agent)
            {
                Meet(accesses[other * 2], site, clock[other]);
                Meet(writes ? accesses[(other * 2) + 1] : default, site, clock[other]);
            }
        }

        accesses[(agent * 2) + (writes ? 0 : 1)] = new Access(clock[agent], site);
    }

    private void Meet(Access earlier, int site, int known)
    {
        if (earlier.At <= known)
        {
            return;
        }

        if (earlier.Site != Seam)
        {
            _found.Add(earlier.Site);
        }

        if (site != Seam)
        {
            _found.Add(site);
        }
    }

    private Span<int> ClockOf(int agent) => _clocks.AsSpan(agent * _agents, _agents);

    private Span<int> ReleasedAt(nint place)
    {
        int first = IndexOf(place) * _agents;
        return _released.AsSpan(first, _agents);
    }

    private int IndexOf(nint place)
    {
        ref int index = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, place, out bool exists);
        if (!exists)
        {
            index = _places.Count - 1;
            if (_released.Length < _places.Count * _agents)
            {
                Array.Resize(ref _released, Math.Max(256, _released.Length * 2));
                Array.Resize(ref _accesses, _released.Length * 2);
            }

            _released.AsSpan(index * _agents, _agents).Clear();
            _accesses.AsSpan(index * _agents * 2, _agents * 2).Clear();
        }

        return index;
    }

    private static void Join(Span<int> clock, ReadOnlySpan<int> other)
    {
        for (int i = 0; i < clock.Length; i++)
        {
            clock[i] = Math.Max(clock[i], other[i]);
        }
    }

    /// <summary>A thread's last access to a place, by its own clock; none at 0.</summary>
    private readonly record struct Access(int At, int Site);
}
