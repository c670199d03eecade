using System.Threading.Channels;
using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Baselines;

/// <summary>
/// A stock unbounded channel written and read by one thread, in batches of the size the pumped jobs have.
/// <code>
///     P1 -> channel -> P1      (one thread, in batches)
/// </code>
/// </summary>
internal sealed class ChannelHop(int batch) : Workload
{
    private readonly Channel<long> _channel = Channel.CreateUnbounded<long>();
    private long _written;
    private long _read;
    private long _outOfOrder;

    public override int Jobs => 200_000;

    public override void Prepare() => _written = _read = _outOfOrder = 0;

    public override void Run()
    {
        while (_written < Jobs)
        {
            for (int i = 0; i < batch; i++)
            {
                _channel.Writer.TryWrite(_written++);
            }

            while (_channel.Reader.TryRead(out long item))
            {
                _outOfOrder += item == _read ? 0 : 1;
                _read++;
            }
        }
    }

    public override void Check()
    {
        Expect("items read", Jobs, _read);
        Expect("items out of order", 0, _outOfOrder);
    }
}
