namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>What differs from batch to batch of one race: the parent's policy, whether ended jobs are kept, whether somebody listens.</summary>
internal readonly record struct Variant(ChildFailurePolicy Policy, bool IsKept, bool IsHeard)
{
    public static readonly Variant[] Unheard =
    [
        .. from kept in new[] { true, false }
           from policy in Enum.GetValues<ChildFailurePolicy>()
           select new Variant(policy, kept, IsHeard: false),
    ];
}
