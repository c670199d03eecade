namespace Conveyor.Fast.Concurrency.Tests.Linearizability;

public class LinearizabilityTests
{
    public static TheoryData<string> Names => [.. Specimens.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Specimen_CalledByTwoThreads_AnswersAsIfOneByOne(string name) => Specimens.Play(name);

    [Fact]
    public void Exists_OfAnAnswerAgainstTheOrder_IsFalse()
    {
        ListSpecimen specimen = new();
        Call add = new(0, 0) { Invoked = 1, Returned = 2 };
        Call early = new(1, 0) { Invoked = 3, Returned = 4, Answer = 0 };
        Call atOnce = early with { Invoked = 1 };

        Assert.False(Linearization.Exists(specimen, 0, [add, early]));
        Assert.True(Linearization.Exists(specimen, 0, [add, atOnce]));
    }
}
