namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>Textbook cases of plain accesses: those that race are steps and may be late, those that do not are none.</summary>
public class PlainAccessTests
{
    private const int Enough = 20_000;

    [Fact]
    public void All_PlainIncrements_FindTheLostUpdate()
    {
        using Explore explore = new();
        Finding? finding = explore.All(new Scenario("two count plainly", static play =>
        {
            PlainCells cells = new();
            play.Thread("a", cells.Count);
            play.Thread("b", cells.Count);
            play.Afterwards(() => Assert.True(cells.One == 2, $"{cells.One} of 2"));
        }), Enough, buffered: false, out _);
        Assert.Contains("1 of 2", finding?.Fault);
        Assert.Contains("PlainCells.Count", finding?.Trace);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_PlainPublication_IsSeenInOrder(bool buffered)
    {
        using Explore explore = new();
        Finding? finding = explore.All(new Scenario("data, then flag", static play =>
        {
            PlainCells cells = new();
            bool isWhole = true;
            play.Thread("writes", cells.SetOneThenOther);
            play.Thread("reads", () => isWhole = cells.DoesOtherImplyOne());
            play.Afterwards(() => Assert.True(isWhole, "the flag is seen and what it stands for is not"));
        }), Enough, buffered, out bool isComplete);
        Assert.Null(finding);
        Assert.True(isComplete);
        Assert.NotEmpty(explore.Steps);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_PlainStoreThenLookAtTheOthers_IsBrokenOnceStoresAreBuffered(bool buffered)
    {
        using Explore explore = new();
        Finding? finding = explore.All(new Scenario("store plainly, then look", static play =>
        {
            PlainCells cells = new();
            int heard = 0;
            play.Thread("a", () => heard += cells.SetOneAndLook());
            play.Thread("b", () => heard += cells.SetOtherAndLook());
            play.Afterwards(() => Assert.True(heard > 0, "neither saw the other"));
        }), Enough, buffered, out _);
        Assert.Equal(buffered, finding is not null);
    }

    [Fact]
    public void All_PlainAccessesUnderALock_AreNoSteps()
    {
        using Explore explore = new();
        Finding? finding = explore.All(new Scenario("two count under a lock", static play =>
        {
            PlainCells cells = new();
            play.Thread("a", cells.CountLocked);
            play.Thread("b", cells.CountLocked);
            play.Afterwards(() => Assert.True(cells.One == 2, $"{cells.One} of 2"));
        }), Enough, buffered: true, out bool isComplete);
        Assert.Null(finding);
        Assert.True(isComplete);
        Assert.Empty(explore.Steps);
    }
}
