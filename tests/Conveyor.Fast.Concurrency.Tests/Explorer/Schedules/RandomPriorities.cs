namespace Conveyor.Fast.Concurrency.Tests.Explorer.Schedules;

/// <summary>
/// The most urgent one that can go, by priorities drawn at random; at a few random steps the one that goes becomes the
/// least urgent. Finds what takes few switches, however long the way there is.
/// </summary>
internal sealed class RandomPriorities(int seed, int length) : ISchedule
{
    private const int Drops = 3;
    private const int LongestStretch = 150;
    private readonly HashSet<int> _dropsAt = [];
    private double[] _priorities = [];
    private double _lowest;
    private int _steps;
    private int _stretch;
    private int _last;

    public void Begin()
    {
        Random random = new(seed);
        _priorities = [.. Enumerable.Range(0, 32).Select(_ => random.NextDouble())];
        _lowest = 0;
        _steps = 0;
        _stretch = 0;
        _last = -1;
        _dropsAt.Clear();
        for (int i = random.Next(Drops + 1); i > 0; i--)
        {
            _dropsAt.Add(random.Next(Math.Max(1, length)));
        }
    }

    public int Choose(Execution execution, int enabled)
    {
        int best = MostUrgent(enabled);
        _stretch = best % execution.Agents.Count == _last ? _stretch + 1 : 0;
        _last = best % execution.Agents.Count;

        // Who spins, or tries for so long that it must be waiting for somebody, lets the others.
        if (_dropsAt.Contains(_steps++) || _stretch > LongestStretch || execution.StepOf(best).Kind is StepKind.Yield or StepKind.Pause)
        {
            _priorities[best] = --_lowest;
            best = MostUrgent(enabled);
        }

        return best;
    }

    private int MostUrgent(int enabled)
    {
        int best = -1;
        for (int choice = 0; choice < _priorities.Length; choice++)
        {
            if ((enabled >> choice & 1) != 0 && (best < 0 || _priorities[choice] > _priorities[best]))
            {
                best = choice;
            }
        }

        return best;
    }
}
