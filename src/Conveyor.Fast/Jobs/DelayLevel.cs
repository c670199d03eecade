using System.Numerics;

namespace Conveyor.Fast.Jobs;

/// <summary>One ring of the wheel: 256 buckets, each a list of slots in no order. Under the wheel's lock.</summary>
internal sealed class DelayLevel
{
    public const int DigitBits = 8;
    private const int Buckets = 1 << DigitBits;
    private const int WordBits = 64;
    private const long Unknown = 0; // No job is due at 0.
    private readonly int[] _heads = new int[Buckets];
    private readonly long[] _earliest = new long[Buckets];
    private readonly ulong[] _occupied = new ulong[Buckets / WordBits];

    /// <summary>The first bucket that holds a job, or -1.</summary>
    public int FirstOccupied
    {
        get
        {
            for (int word = 0; word < _occupied.Length; word++)
            {
                if (_occupied[word] != 0)
                {
                    return word * WordBits + BitOperations.TrailingZeroCount(_occupied[word]);
                }
            }

            return -1;
        }
    }

    /// <summary>Puts a slot at the head of a bucket. Returns the old head, or 0.</summary>
    public int Push(int bucket, int slot, long due)
    {
        int next = _heads[bucket];
        _heads[bucket] = slot;
        if (next == 0)
        {
            _occupied[bucket / WordBits] |= 1UL << bucket;
            _earliest[bucket] = due;
        }
        else if (due < _earliest[bucket])
        {
            _earliest[bucket] = due; // Unknown is below every due time, and stays.
        }

        return next;
    }

    /// <summary>A job has left the bucket: the next one is the head now, if it was that.</summary>
    public void Remove(int bucket, bool wasHead, int next, long due)
    {
        if (_earliest[bucket] == due)
        {
            _earliest[bucket] = Unknown;
        }

        if (wasHead)
        {
            _heads[bucket] = next;
            if (next == 0)
            {
                _occupied[bucket / WordBits] &= ~(1UL << bucket);
            }
        }
    }

    /// <summary>Empties a bucket and returns its head.</summary>
    public int Take(int bucket)
    {
        int head = _heads[bucket];
        _heads[bucket] = 0;
        _occupied[bucket / WordBits] &= ~(1UL << bucket);
        return head;
    }

    public int Head(int bucket) => _heads[bucket];

    /// <summary>The earliest due time in a bucket; false if the job that had it has left.</summary>
    public bool TryGetEarliest(int bucket, out long due)
    {
        due = _earliest[bucket];
        return due != Unknown;
    }

    public void SetEarliest(int bucket, long due) => _earliest[bucket] = due;
}
