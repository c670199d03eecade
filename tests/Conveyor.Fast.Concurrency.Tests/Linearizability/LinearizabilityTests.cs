namespace Conveyor.Fast.Concurrency.Tests.Linearizability;

public class LinearizabilityTests
{
    private const int Shares = 5;

    [Fact]
    public void ReadyChannel_WithOneReader_IsAPriorityQueue() => new ParallelHistories<string>(new ChannelSpecimen(), 5).Run("Histories of the ready channel", Shares, 1);

    [Fact]
    public void SlotPool_GivesNoSlotTwice() => new ParallelHistories<string>(new SlotPoolSpecimen(), 5).Run("Histories of the slot pool", Shares, 2);

    [Fact]
    public void PublishedList_CountsWhatCanBeRead() => new ParallelHistories<int>(new ListSpecimen(), 5).Run("Histories of the published list", Shares, 3);

    [Fact]
    public void Store_OnJobsOfTheirOwn_AnswersAsIfOneByOne() => new ParallelHistories<StoreModel>(new StoreSpecimen(), 5).Run("Histories of the store's surface", Shares, 4);

    [Fact]
    public void Bulk_WhileOthersLook_AppearsAtOnce() => new ParallelHistories<bool>(new BulkSpecimen(), 5).Run("Histories of bulks", Shares, 5);

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
