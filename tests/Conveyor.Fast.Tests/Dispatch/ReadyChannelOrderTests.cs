using Conveyor.Fast.Dispatch;

namespace Conveyor.Fast.Tests.Dispatch;

public class ReadyChannelOrderTests
{
    [Fact]
    public void TryRead_OfAnyPriorities_LowerComesFirst()
    {
        ReadyChannel channel = new();
        int[] priorities = [7, int.MaxValue, 0, -1, 8, int.MinValue, 3, 1_000_000, -1_000_000, 9];
        foreach (int priority in priorities)
        {
            channel.Writer.TryWrite(new ReadyTicket(priority + 5_000_000_000, priority, false));
        }

        Assert.Equal(priorities.Order(), ReadAll(channel).Select(static item => item.Priority));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(-5)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void TryRead_WithinAPriority_TheFrontComesNewestFirstAndThenTheLineOldestFirst(int priority)
    {
        ReadyChannel channel = new();
        foreach ((long ticket, bool toFront) in ((long, bool)[])[(1, false), (2, true), (3, false), (4, true), (5, true), (6, false)])
        {
            channel.Writer.TryWrite(new ReadyTicket(ticket, priority, toFront));
        }

        Assert.Equal([5, 4, 2, 1, 3, 6], ReadAll(channel).Select(static item => item.Ticket));
    }

    [Fact]
    public void TryRead_OfManyRandomTickets_FollowsTheModel()
    {
        Random random = new(1);
        ReadyChannel channel = new();
        List<(int Priority, long Place, long Ticket)> model = [];
        for (int i = 1; i <= 20_000; i++)
        {
            if (random.Next(5) < 3)
            {
                int priority = random.Next(4) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(-4, 12);
                bool toFront = random.Next(3) == 0;
                channel.Writer.TryWrite(new ReadyTicket(i, priority, toFront));
                (int, long, long) item = (priority, toFront ? -i : i, i);
                model.Insert(~model.BinarySearch(item), item);
            }
            else
            {
                Assert.Equal(model.Count > 0, channel.Reader.TryRead(out ReadyTicket read));
                if (model.Count > 0)
                {
                    Assert.Equal((model[0].Ticket, model[0].Priority), (read.Ticket, read.Priority));
                    model.RemoveAt(0);
                }
            }

            Assert.Equal(model.Count, channel.Count);
        }

        Assert.Equal(model.Select(static item => item.Ticket), ReadAll(channel).Select(static item => item.Ticket));
        Assert.True(channel.IsEmpty);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(100, true)]
    public void HasBetterThan_WithPriorityThreeWaiting_IsTrueForWorse(int priority, bool expected)
    {
        ReadyChannel channel = new();
        channel.Writer.TryWrite(new ReadyTicket(1, 3, false));
        Assert.Equal(expected, channel.HasBetterThan(priority));
    }

    [Fact]
    public void RareCapacity_AfterManyPrioritiesAreRead_IsGivenBack()
    {
        ReadyChannel channel = new();
        for (int i = 0; i < 100_000; i++)
        {
            channel.Writer.TryWrite(new ReadyTicket(i + 1, 100 + i, false));
        }

        Assert.True(channel.RareCapacity >= 100_000);
        Assert.Equal(100_000, ReadAll(channel).Count);
        Assert.InRange(channel.RareCapacity, 0, 1_024);
        Assert.True(channel.IsEmpty);
    }

    [Fact]
    public void TryRead_WithAStarvationGuard_ServesTheLeastUrgentOnceInSoManyTakes()
    {
        ReadyChannel channel = new(guardEvery: 4);
        for (int i = 1; i <= 6; i++)
        {
            channel.Writer.TryWrite(new ReadyTicket(i, 0, false));
        }

        channel.Writer.TryWrite(new ReadyTicket(100, 50, false));
        channel.Writer.TryWrite(new ReadyTicket(101, 50, false));
        Assert.Equal([1, 2, 3, 100, 4, 5, 6, 101], ReadAll(channel).Select(static item => item.Ticket));
    }

    private static List<ReadyTicket> ReadAll(ReadyChannel channel)
    {
        List<ReadyTicket> all = [];
        while (channel.Reader.TryRead(out ReadyTicket item))
        {
            all.Add(item);
        }

        return all;
    }
}
