using System.Runtime.InteropServices;

namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>
/// Lets two threads go on at the same moment, over and over, without a wait in the kernel: each writes the round it has
/// come to and spins until the other has come as far. A gate that is broken lets nobody through any more.
/// </summary>
internal sealed class StartingGate
{
    // Two threads that yield to each other stay on one processor: so late, if at all.
    private const int SpinsBeforeYield = 5_000;
    private const int SpinsBeforeAlone = 1_000;
    private Arrivals _arrivals;
    private volatile bool _isBroken;

    public bool IsBroken => _isBroken;

    /// <summary>Waits for the other side. False if it will not come.</summary>
    public bool Pass(bool isFirst, long round)
    {
        ref long other = ref Arrive(isFirst, round);
        for (int spins = 0; Volatile.Read(ref other) < round; spins++)
        {
            if (_isBroken)
            {
                return false;
            }

            if (spins > SpinsBeforeYield)
            {
                Thread.Yield(); // The other side has lost its processor: it may have this one.
            }
            else
            {
                Thread.SpinWait(1);
            }
        }

        return true;
    }

    /// <summary>
    /// Waits for the other side, but not for long: where it has lost its processor, this one goes on alone. True if both
    /// were there.
    /// </summary>
    public bool Meet(bool isFirst, long round)
    {
        ref long other = ref Arrive(isFirst, round);
        long seen = Volatile.Read(ref other);
        for (int spins = 0; seen < round && spins < SpinsBeforeAlone; spins++)
        {
            Thread.SpinWait(1);
            long now = Volatile.Read(ref other);
            spins = now == seen ? spins : 0;
            seen = now;
        }

        return seen == round;
    }

    public void Break() => _isBroken = true;

    private ref long Arrive(bool isFirst, long round)
    {
        Volatile.Write(ref isFirst ? ref _arrivals.First : ref _arrivals.Second, round);
        return ref isFirst ? ref _arrivals.Second : ref _arrivals.First;
    }

    /// <summary>Each on cache lines of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Arrivals
    {
        [FieldOffset(128)] public long First;
        [FieldOffset(256)] public long Second;
    }
}
