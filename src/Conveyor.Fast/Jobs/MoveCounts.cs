using System.Runtime.CompilerServices;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// How often jobs of one queue moved from one state to another, as counted by one stripe. A state's count is the moves
/// in less the moves out, so counts that are read once always add up.
/// </summary>
internal sealed class MoveCounts
{
    private const int States = 8;
    private Moves _moves;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long from, long to, int jobs) => Unsafe.Add(ref Unsafe.As<Moves, long>(ref _moves), (int)((from & 7) * States + (to & 7))) += jobs; // Plain: the stripe's owner only.

    public long Started => _moves[(int)(StateWord.Waiting * States + StateWord.Active)];

    /// <summary>Adds what this stripe knows to a row of counts, one for each state. Returns how many moves it read.</summary>
    public long SumInto(Span<long> counts)
    {
        long sum = 0;
        for (int from = 0; from < States; from++)
        {
            for (int to = 0; to < States; to++)
            {
                long moves = _moves[from * States + to];
                counts[from] -= moves;
                counts[to] += moves;
                sum += moves;
            }
        }

        return sum;
    }

    /// <summary>In the object itself: one step less to each count.</summary>
    [InlineArray(States * States)]
    private struct Moves
    {
        private long _first;
    }
}
