namespace Conveyor.Fast.Concurrency.Tests.Races.Operations;

/// <summary>A parent with one child comes into being. Whoever meets it has found it by the child's ticket.</summary>
internal sealed class CommitOperation() : Operation("commit")
{
    public override Fate Do(Hand hand, int trial, long id)
    {
        hand.Races.Commit(children: 1);
        return Fate.Done;
    }
}
