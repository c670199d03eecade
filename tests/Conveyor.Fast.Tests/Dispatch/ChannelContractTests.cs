using System.Threading.Channels;
using Conveyor.Fast.Dispatch;

namespace Conveyor.Fast.Tests.Dispatch;

/// <summary>What every unbounded channel promises its readers and writers; run against the ready queue and a stock channel.</summary>
public abstract class ChannelContractTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void TryRead_OfAnEmptyChannel_IsFalse() => Assert.False(Make().Reader.TryRead(out _));

    [Fact]
    public void TryRead_AfterWrites_GivesThemInOrder()
    {
        Channel<ReadyTicket> channel = Make();
        for (int i = 1; i <= 1_000; i++)
        {
            Assert.True(channel.Writer.TryWrite(Ticket(i)));
        }

        Assert.Equal(Enumerable.Range(1, 1_000).Select(static i => (long)i), ReadAll(channel));
        Assert.False(channel.Reader.TryRead(out _));
    }

    [Fact]
    public void Count_AfterWritesAndReads_IsWhatIsLeft()
    {
        Channel<ReadyTicket> channel = Make();
        Assert.True(channel.Reader.CanCount);
        Assert.Equal(0, channel.Reader.Count);
        Write(channel, 3);
        Assert.Equal(3, channel.Reader.Count);
        Assert.True(channel.Reader.TryRead(out _));
        Assert.Equal(2, channel.Reader.Count);
    }

    [Fact]
    public async Task WriteAsync_OfAnItem_IsRead()
    {
        Channel<ReadyTicket> channel = Make();
        await channel.Writer.WriteAsync(Ticket(7), TestContext.Current.CancellationToken);
        Assert.Equal(7, (await channel.Reader.ReadAsync(TestContext.Current.CancellationToken)).Ticket);
    }

    [Fact]
    public async Task WaitToWriteAsync_OfAnUnboundedChannel_IsTrueUntilItIsCompleted()
    {
        Channel<ReadyTicket> channel = Make();
        Assert.True(await channel.Writer.WaitToWriteAsync(TestContext.Current.CancellationToken));
        channel.Writer.Complete();
        Assert.False(await channel.Writer.WaitToWriteAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task WaitToReadAsync_WithAnItemAtHand_IsTrueAtOnce()
    {
        Channel<ReadyTicket> channel = Make();
        Write(channel, 1);
        ValueTask<bool> wait = channel.Reader.WaitToReadAsync(TestContext.Current.CancellationToken);
        Assert.True(wait.IsCompletedSuccessfully);
        Assert.True(await wait);
    }

    [Fact]
    public async Task WaitToReadAsync_OfAnEmptyChannel_EndsWithTheNextWrite()
    {
        Channel<ReadyTicket> channel = Make();
        Task<bool> wait = channel.Reader.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(wait.IsCompleted);
        Write(channel, 1);
        Assert.True(await wait.WaitAsync(s_limit, TestContext.Current.CancellationToken));
        Assert.Equal([1], ReadAll(channel));
    }

    [Fact]
    public async Task WaitToReadAsync_WithACanceledToken_IsCanceledAndTakesNothing()
    {
        Channel<ReadyTicket> channel = Make();
        Write(channel, 1);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await channel.Reader.WaitToReadAsync(new CancellationToken(canceled: true)));
        Assert.Equal([1], ReadAll(channel));
    }

    [Fact]
    public async Task WaitToReadAsync_CanceledWhileItWaits_EndsAndTakesNothing()
    {
        Channel<ReadyTicket> channel = Make();
        using CancellationTokenSource source = new();
        Task<bool> wait = channel.Reader.WaitToReadAsync(source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(s_limit));
        Write(channel, 2);
        Assert.Equal([1, 2], ReadAll(channel));
    }

    [Fact]
    public async Task WaitToReadAsync_OfSeveralWaiters_NoneIsLeftAfterAsManyWrites()
    {
        Channel<ReadyTicket> channel = Make();
        Task<long>[] readers = [.. Enumerable.Range(0, 8).Select(_ => ReadOneAsync(channel))];
        Write(channel, readers.Length);
        long[] read = await Task.WhenAll(readers).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(1, readers.Length).Select(static i => (long)i), read.Order());
    }

    [Fact]
    public void TryComplete_Twice_IsTrueOnce()
    {
        Channel<ReadyTicket> channel = Make();
        Assert.True(channel.Writer.TryComplete());
        Assert.False(channel.Writer.TryComplete());
        Assert.Throws<ChannelClosedException>(() => channel.Writer.Complete());
    }

    [Fact]
    public void TryWrite_AfterCompletion_IsRefused()
    {
        Channel<ReadyTicket> channel = Make();
        channel.Writer.Complete();
        Assert.False(channel.Writer.TryWrite(Ticket(1)));
        Assert.Equal(0, channel.Reader.Count);
    }

    [Fact]
    public async Task Completion_WithItemsLeft_ComesWithTheLastRead()
    {
        Channel<ReadyTicket> channel = Make();
        Write(channel, 2);
        channel.Writer.Complete();
        Assert.True(channel.Reader.TryRead(out _));
        Assert.False(channel.Reader.Completion.IsCompleted);
        Assert.True(await channel.Reader.WaitToReadAsync(TestContext.Current.CancellationToken));
        Assert.True(channel.Reader.TryRead(out _));
        await channel.Reader.Completion.WaitAsync(s_limit, TestContext.Current.CancellationToken);
        Assert.False(await channel.Reader.WaitToReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Complete_WhileSomebodyWaits_TellsThatNothingComes()
    {
        Channel<ReadyTicket> channel = Make();
        Task<bool>[] waits = [.. Enumerable.Range(0, 3).Select(_ => channel.Reader.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask())];
        channel.Writer.Complete();
        Assert.All(await Task.WhenAll(waits).WaitAsync(s_limit, TestContext.Current.CancellationToken), static more => Assert.False(more));
        await channel.Reader.Completion.WaitAsync(s_limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Complete_WithAnError_PassesItToWaitsAndCompletion()
    {
        Channel<ReadyTicket> channel = Make();
        Task<bool> wait = channel.Reader.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask();
        InvalidOperationException error = new("closed");
        channel.Writer.Complete(error);
        Assert.Same(error, await Assert.ThrowsAsync<InvalidOperationException>(() => wait.WaitAsync(s_limit)));
        Assert.Same(error, await Assert.ThrowsAsync<InvalidOperationException>(() => channel.Reader.Completion.WaitAsync(s_limit)));
        Assert.Same(error, await Assert.ThrowsAsync<InvalidOperationException>(async () => await channel.Reader.WaitToReadAsync()));
        Assert.Same(error, await Assert.ThrowsAsync<InvalidOperationException>(async () => await channel.Writer.WaitToWriteAsync()));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 4)]
    [InlineData(4, 1)]
    [InlineData(4, 4)]
    public async Task ReadersAndWriters_AtTheSameTime_EveryItemIsReadOnce(int writers, int readers)
    {
        const int Each = 20_000;
        Channel<ReadyTicket> channel = Make();
        Task<(long Count, long Sum)>[] reading = [.. Enumerable.Range(0, readers).Select(_ => Task.Run(() => SumAsync(channel.Reader)))];
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                Assert.True(channel.Writer.TryWrite(Ticket(writer * Each + i)));
            }
        }))).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        channel.Writer.Complete();
        (long Count, long Sum)[] sums = await Task.WhenAll(reading).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        long all = (long)writers * Each;
        Assert.Equal((all, all * (all - 1) / 2), (sums.Sum(static sum => sum.Count), sums.Sum(static sum => sum.Sum)));
        await channel.Reader.Completion.WaitAsync(s_limit, TestContext.Current.CancellationToken);
    }

    internal abstract Channel<ReadyTicket> Make();

    private protected static ReadyTicket Ticket(long number) => new(number, 0, false);

    private protected static void Write(Channel<ReadyTicket> channel, int count)
    {
        for (int i = 1; i <= count; i++)
        {
            Assert.True(channel.Writer.TryWrite(Ticket(i)));
        }
    }

    private protected static List<long> ReadAll(Channel<ReadyTicket> channel)
    {
        List<long> all = [];
        while (channel.Reader.TryRead(out ReadyTicket item))
        {
            all.Add(item.Ticket);
        }

        return all;
    }

    private static async Task<long> ReadOneAsync(Channel<ReadyTicket> channel)
    {
        while (await channel.Reader.WaitToReadAsync())
        {
            if (channel.Reader.TryRead(out ReadyTicket item))
            {
                return item.Ticket;
            }
        }

        return -1;
    }

    private static async Task<(long Count, long Sum)> SumAsync(ChannelReader<ReadyTicket> reader)
    {
        (long Count, long Sum) sum = default;
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out ReadyTicket item))
            {
                sum = (sum.Count + 1, sum.Sum + item.Ticket);
            }
        }

        return sum;
    }
}
