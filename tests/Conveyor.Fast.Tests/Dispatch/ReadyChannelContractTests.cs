using System.Threading.Channels;
using Conveyor.Fast.Dispatch;

namespace Conveyor.Fast.Tests.Dispatch;

public sealed class ReadyChannelContractTests : ChannelContractTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>The stock channels lose an item to a canceled wait now and then, so this is asked of the ready queue alone.</summary>
    [Fact]
    public async Task WaitToReadAsync_CanceledWhileItemsCome_LosesNone()
    {
        const int Rounds = 5_000;
        Channel<ReadyTicket> channel = Make();
        Task<long> reading = Task.Run(async () =>
        {
            long read = 0;
            while (await channel.Reader.WaitToReadAsync())
            {
                while (channel.Reader.TryRead(out _))
                {
                    read++;
                }
            }

            return read;
        });
        for (int i = 0; i < Rounds; i++)
        {
            using CancellationTokenSource source = new();
            Task<bool> wait = channel.Reader.WaitToReadAsync(source.Token).AsTask();
            Task canceling = Task.Run(source.Cancel);
            Write(channel, 1);
            await canceling.WaitAsync(s_limit, TestContext.Current.CancellationToken);
            await ((Task)wait).ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        }

        channel.Writer.Complete();
        Assert.Equal(Rounds, await reading.WaitAsync(s_limit, TestContext.Current.CancellationToken));
    }

    internal override Channel<ReadyTicket> Make() => new ReadyChannel();
}
