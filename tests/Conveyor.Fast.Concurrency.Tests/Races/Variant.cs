namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>
/// What differs from batch to batch of one race: the parents' policy, whether ended jobs are kept, whether somebody
/// listens; and what the operations need: whether the children have deduplication keys, how many stalls the jobs survive.
/// </summary>
internal readonly record struct Variant(ChildFailurePolicy Policy, bool IsKept, bool IsHeard, bool IsKeyed, int MaxStalls)
{
    public static readonly Variant[] Unheard =
    [
        .. from kept in new[] { true, false }
           from policy in Enum.GetValues<ChildFailurePolicy>()
           select new Variant(policy, kept, IsHeard: false, IsKeyed: false, MaxStalls: 1),
    ];
}
