using System.Numerics;

namespace Conveyor.Fast.Jobs;

/// <summary>One ring of the wheel: 256 buckets, each a list of jobs in no order. Under the wheel's lock.</summary>
internal sealed class DelayLevel(DelayChunks chunks, DelayPlaces places)
{
    public const int DigitBits = 8;
    private const int Buckets = 1 << DigitBits;
    private const int WordBits = 64;
    private const long Unknown = 0; // No job is due at 0.
    private readonly int[] _lasts = new int[Buckets];
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

    public void Add(int bucket, in DelayEntry entry)
    {
        int last = _lasts[bucket];
        long due = entry.Due.Due;
        if (last == 0)
        {
            _occupied[bucket / WordBits] |= 1UL << bucket;
            _earliest[bucket] = due;
        }
        else if (due < _earliest[bucket])
        {
            _earliest[bucket] = due; // Unknown is below every due time, and stays.
        }

        places[StateWord.SlotOf(entry.Ticket)] = _lasts[bucket] = chunks.Push(last, entry);
    }

    /// <summary>Takes a job out of the bucket it lies in; the last of the bucket takes its place.</summary>
    public void Remove(int bucket, int place)
    {
        ref DelayEntry entry = ref chunks[place];
        if (_earliest[bucket] == entry.Due.Due)
        {
            _earliest[bucket] = Unknown;
        }

        places[StateWord.SlotOf(entry.Ticket)] = 0;
        int last = _lasts[bucket];
        if (place != last)
        {
            entry = chunks[last];
            places[StateWord.SlotOf(entry.Ticket)] = place;
        }

        SetLast(bucket, chunks.Pop(last));
    }

    /// <summary>Empties a bucket. Returns the last place of its list; where each job of it lay is not touched, they are to be put elsewhere.</summary>
    public int TakeAll(int bucket)
    {
        int last = _lasts[bucket];
        SetLast(bucket, 0);
        return last;
    }

    /// <summary>The earliest due time in a bucket that is not empty.</summary>
    public long Earliest(int bucket)
    {
        long earliest = _earliest[bucket];
        if (earliest == Unknown)
        {
            earliest = long.MaxValue;
            for (int place = _lasts[bucket]; place != 0; place = chunks.Before(place))
            {
                earliest = Math.Min(earliest, chunks[place].Due.Due);
            }

            _earliest[bucket] = earliest;
        }

        return earliest;
    }

    private void SetLast(int bucket, int last)
    {
        _lasts[bucket] = last;
        if (last == 0)
        {
            _occupied[bucket / WordBits] &= ~(1UL << bucket);
        }
    }
}
