using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>A store's box pools, found by a number each type is given once in the process.</summary>
internal sealed class ValueBoxPools
{
    private static int s_types;
    private readonly Lock _growth = new();
    private object?[] _pools = new object?[4];

    public ValueBoxPool<T> Get<T>()
    {
        object?[] pools = Atomic.Read(ref _pools);
        int number = TypeNumber<T>.Value;
        return number < pools.Length && pools[number] is { } pool ? (ValueBoxPool<T>)pool : Create<T>(number);
    }

    private ValueBoxPool<T> Create<T>(int number)
    {
        lock (_growth)
        {
            object?[] pools = _pools;
            if (number < pools.Length && pools[number] is { } existing)
            {
                return (ValueBoxPool<T>)existing;
            }

            object?[] grown = new object?[Math.Max(pools.Length, number + 4)];
            pools.CopyTo(grown, 0);
            ValueBoxPool<T> pool = new();
            grown[number] = pool;
            Atomic.Write(ref _pools, grown);
            return pool;
        }
    }

    private static class TypeNumber<T>
    {
        public static readonly int Value = Atomic.Increment(ref s_types) - 1;
    }
}
