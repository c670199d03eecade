using System.Numerics;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Schedules;

/// <summary>Anybody who can go, all alike; but a thread that goes tends to go on, so that long stretches happen too.</summary>
internal sealed class RandomWalk(int seed) : ISchedule
{
    private Random _random = new(seed);
    private int _goesOnOf4;
    private int _last;

    public void Begin()
    {
        _random = new Random(seed);
        _goesOnOf4 = _random.Next(4);
        _last = 0;
    }

    public int Choose(Execution execution, int enabled)
    {
        if ((enabled >> _last & 1) == 0 || _random.Next(4) >= _goesOnOf4)
        {
            int skip = _random.Next(BitOperations.PopCount((uint)enabled));
            int left = enabled;
            for (; skip > 0; skip--)
            {
                left &= left - 1;
            }

            _last = BitOperations.TrailingZeroCount(left);
        }

        return _last;
    }
}
