using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// A store's pools for types that its users choose, found by a number each type of pool is given once in the process. They
/// hang off the store, so nothing outlives it.
/// </summary>
internal sealed class TypedPools
{
    private static int s_types;
    private readonly Lock _growth = new();
    private object?[] _pools = new object?[4];

    public TPool Get<TPool>()
        where TPool : class, new()
    {
        object?[] pools = Atomic.Read(ref _pools);
        int number = TypeNumber<TPool>.Value;
        return number < pools.Length && pools[number] is { } pool ? (TPool)pool : Create<TPool>(number);
    }

    private TPool Create<TPool>(int number)
        where TPool : class, new()
    {
        lock (_growth)
        {
            object?[] pools = _pools;
            if (number < pools.Length && pools[number] is { } existing)
            {
                return (TPool)existing;
            }

            object?[] grown = new object?[Math.Max(pools.Length, number + 4)];
            pools.CopyTo(grown, 0);
            TPool pool = new();
            grown[number] = pool;
            Atomic.Write(ref _pools, grown);
            return pool;
        }
    }

    private static class TypeNumber<TPool>
    {
        public static readonly int Value = Atomic.Increment(ref s_types) - 1;
    }
}
