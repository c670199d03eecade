namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>
/// What differs from batch to batch of one race: the parents' policy, whether ended jobs are kept, whether somebody
/// listens; and whether the children have deduplication keys.
/// </summary>
internal readonly record struct Variant(ChildFailurePolicy Policy, bool IsKept, bool IsHeard, bool IsKeyed)
{
    public static readonly Variant[] Unheard =
    [
        .. from kept in new[] { true, false }
           from policy in Enum.GetValues<ChildFailurePolicy>()
           select new Variant(policy, kept, IsHeard: false, IsKeyed: false),
    ];
}
