using System.Threading.Channels;
using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Baselines;

/// <summary>
/// A stock unbounded channel from one producer to one consumer, both running freely, so that a backlog builds up.
/// <code>
///     P1 -> channel -> C1
/// </code>
/// The channel is kept from run to run and with it the room it has grown to. The consumer ends at a sentinel; the
/// producer then blocks on its task.
/// </summary>
internal sealed class ChannelPair : Workload
{
    public const int ItemsPerPass = 300_000;
    public const int Passes = 4;

    private const long Sentinel = -1;

    private readonly Channel<long> _channel = Channel.CreateUnbounded<long>();
    private long _read;
    private long _outOfOrder;

    public override int Jobs => ItemsPerPass * Passes;

    public override bool OneThread => false;

    public override void Prepare() => _read = _outOfOrder = 0;

    public override void Run()
    {
        long written = 0;
        for (int pass = 0; pass < Passes; pass++)
        {
            Task consumer = ConsumeAsync();
            for (int i = 0; i < ItemsPerPass; i++)
            {
                _channel.Writer.TryWrite(written++);
            }

            _channel.Writer.TryWrite(Sentinel);
            consumer.Wait();
        }
    }

    public override void Check()
    {
        Expect("items read", Jobs, _read);
        Expect("items out of order", 0, _outOfOrder);
    }

    private async Task ConsumeAsync()
    {
        ChannelReader<long> reader = _channel.Reader;
        while (await reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (reader.TryRead(out long item))
            {
                if (item == Sentinel)
                {
                    return;
                }

                _outOfOrder += item == _read ? 0 : 1;
                _read++;
            }
        }
    }
}
