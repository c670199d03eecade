using Conveyor.Fast.Jobs;
using Xunit.Sdk;

namespace Conveyor.Fast.Tests.Support;

/// <summary>The checker can find fault: each case breaks a whole store in one place and mends it again.</summary>
public class IntegrityCheckerTests
{
    [Fact]
    public void Check_OfAnEdgeTooManyOrTooFew_FindsIt() => AssertFound(static (test, parent) => ref test.Record(parent).Pending, static pending => pending + 1, static pending => pending - 1);

    [Fact]
    public void Check_OfAnEndThatLeftItsEdgeOpen_FindsIt() => AssertFound(
        static (test, parent) => ref test.Record(parent.Children[0].Job).Word,
        static word => (word & ~StateWord.StateMask) | StateWord.Completed | StateWord.Recorded);

    [Fact]
    public void Check_OfAHoldThatWasNotLetGo_FindsIt() => AssertFound(static (test, parent) => ref test.Record(parent).Word, static word => word | StateWord.Held);

    [Fact]
    public void Check_OfAStateThatIsNotCounted_FindsIt() => AssertFound(
        static (test, parent) => ref test.Record(parent.Children[0].Job).Word,
        static word => (word & ~StateWord.StateMask) | StateWord.Delayed);

    [Fact]
    public void Check_OfASlotThatIsLost_FindsIt() => AssertFound(
        static (test, parent) => ref test.Record(parent.Children[0].Job).Word,
        static word => (word & ~StateWord.StateMask) | StateWord.Free);

    private delegate ref T Place<T>(Store test, JobHandle parent);

    private static void AssertFound<T>(Place<T> place, params Func<T, T>[] breaks)
    {
        using PumpedStore test = new();
        JobHandle parent = test.Flows.Start(new FlowJob("parent", "q") { Children = [new FlowJob("a", "q"), new FlowJob("b", "q")] });
        ref T field = ref place(new Store(test.Store), parent);
        T whole = field;
        foreach (Func<T, T> breaking in breaks)
        {
            IntegrityChecker.Check(test.Store);
            field = breaking(whole);
            Assert.ThrowsAny<XunitException>(() => IntegrityChecker.Check(test.Store));
            field = whole;
        }
    }

    private readonly record struct Store(JobStore Whole)
    {
        public ref JobRecord Record(JobHandle job) => ref Whole.Engine.Table.Record(StateWord.SlotOf(job.Id.ToInt64()));
    }
}
