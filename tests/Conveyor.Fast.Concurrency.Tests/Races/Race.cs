using Conveyor.Fast.Concurrency.Tests.Races.Operations;

namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>Two operations on jobs and where they meet.</summary>
internal sealed record Race(Operation A, Operation B, Relation Relation)
{
    /// <summary>Whether the first brings the family into being.</summary>
    public bool IsBirth => Relation is Relation.NewParent or Relation.NewChild;

    public int Children => Relation == Relation.Siblings ? 2 : 1;

    /// <summary>Where nothing that has ended is kept, an operation on it has nothing to begin with.</summary>
    public IEnumerable<Variant> Variants =>
        from variant in Variant.Unheard
        where variant.IsKept || !(A.NeedsEnds || B.NeedsEnds || (Relation == Relation.ParentAndChild && A is CompleteOperation))
        select variant with { IsKeyed = A.NeedsKeys || B.NeedsKeys, MaxStalls = Math.Min(A.MaxStalls, B.MaxStalls) };

    public long TargetOfA(Family family) => Relation == Relation.ParentAndChild ? family.Parent : family.First;

    public long TargetOfB(Family family) => Relation switch
    {
        Relation.Siblings => family.Second,
        Relation.NewParent => family.Parent,
        _ => family.First,
    };

    /// <summary>What is right beside the outcomes of the two orders, since an operation on several jobs takes several steps.</summary>
    public bool IsRightOverlap(Variant variant, in Outcome outcome, in Outcome aFirst, in Outcome bFirst)
    {
        // A cancel goes from the parent down: the child may come to an end of its own after the parent was canceled.
        if (A is CancelOperation && Relation == Relation.ParentAndChild && outcome == aFirst with { B = bFirst.B, First = bFirst.First })
        {
            return true;
        }

        // Where nothing is kept, a job goes right after its end, in a step of its own: who comes between is refused.
        if (A is ChangePriorityOperation && !variant.IsKept && outcome.A == Fate.Refused && (outcome with { A = Fate.NotFound } == aFirst || outcome with { A = Fate.NotFound } == bFirst))
        {
            return true;
        }

        bool isRemoval = A is RemoveOperation || B is RemoveOperation;
        bool bothDone = outcome is { A: Fate.Done, B: Fate.Done, Parent.OpenEdges: 0, First.State: JobState.None };

        // Where nothing is kept, a job goes right after its end, in a step of its own: a removal by hand may come first.
        bool goesAfterItsEnd = !variant.IsKept && Relation != Relation.Siblings;

        // A child ends while its tree is held for removal. Its parent's policy would remove the parent, the removal by
        // hand takes both: both calls were right.
        bool goesWithItsTree = Relation == Relation.ParentAndChild && A is RemoveOperation && outcome.Parent.State == JobState.None;
        return isRemoval && bothDone && (goesAfterItsEnd || goesWithItsTree);
    }

    public override string ToString() => $"{A} and {B}, {Relation switch
    {
        Relation.OneJob => "one job",
        Relation.Siblings => "siblings",
        Relation.NewParent => "a new parent",
        Relation.NewChild => "a new child",
        _ => "parent and child",
    }}";
}
