using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// The copy of a flow that a commit publishes: the ids of all its jobs, a parent's children side by side in declared
/// order. Pooled; lives until the last parent that lists its children in it is freed.
/// </summary>
internal sealed class FlowBlock(int index)
{
    private const int LargestKept = 4096;
    private int _users;

    public int Index { get; } = index;

    public long[] Ids { get; private set; } = [];

    public int Count { get; private set; }

    /// <summary>By place: the children whose edge does not lie in their own record. Null for most flows; never changed once published.</summary>
    public IReadOnlyDictionary<int, ChildOrigin>? Origins { get; set; }

    /// <summary>Called before the block is published: one user for the commit, one for each job that reads the block.</summary>
    public void Prepare(int count)
    {
        if (Ids.Length < count)
        {
            Ids = new long[count <= LargestKept ? (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count) : count];
        }

        Count = count;
    }

    public void SetUsers(int users) => Atomic.Write(ref _users, users);

    /// <summary>True for the last user, who returns the block.</summary>
    public bool Leave() => Atomic.Decrement(ref _users) == 0;

    public ChildOrigin OriginOf(int index) => Origins?.GetValueOrDefault(index) ?? ChildOrigin.Own;

    public void Clear()
    {
        Count = 0;
        Origins = null;
        if (Ids.Length > LargestKept)
        {
            Ids = [];
        }
    }
}
