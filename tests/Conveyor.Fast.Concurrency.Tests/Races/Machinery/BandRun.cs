using System.Threading.Channels;
using Conveyor.Fast.Dispatch;

namespace Conveyor.Fast.Concurrency.Tests.Races.Machinery;

/// <summary>A band empties and is filled: one side takes what is there and looks again, the other adds a ticket, and sometimes takes too.</summary>
internal sealed class BandRun : PairRun
{
    private const long Old = 1 << 24;
    private const long New = 2 << 24;
    private readonly ReadyChannel[] _channels = [.. Enumerable.Range(0, Batch).Select(static _ => new ReadyChannel())];
    private readonly long[] _takenByA = new long[Batch];
    private readonly long[] _takenByB = new long[Batch];

    public override void Dispose()
    {
    }

    public override void Prepare(int batch)
    {
        for (int trial = 0; trial < Batch; trial++)
        {
            _channels[trial].Writer.TryWrite(new ReadyTicket(Old, PriorityOf(trial), ToFront: false));
        }
    }

    public override void DoA(int trial)
    {
        ChannelReader<ReadyTicket> reader = _channels[trial].Reader;
        _takenByA[trial] = Take(reader) + Take(reader);
    }

    public override void DoB(int trial)
    {
        ReadyChannel channel = _channels[trial];
        channel.Writer.TryWrite(new ReadyTicket(New, PriorityOf(trial), ToFront: trial % 3 == 0));
        _takenByB[trial] = trial % 4 == 0 ? Take(channel.Reader) : 0;
    }

    public override int Look(int batch)
    {
        int ahead = 0;
        for (int trial = 0; trial < Batch; trial++)
        {
            long left = Take(_channels[trial].Reader);
            Assert.True(
                _takenByA[trial] + _takenByB[trial] + left == Old + New && _channels[trial].IsEmpty,
                $"priority {PriorityOf(trial)}: the sides took {_takenByA[trial] >> 24} and {_takenByB[trial] >> 24}, {left >> 24} was left and {_channels[trial].Count} tickets are still there");
            ahead += _takenByA[trial] == Old ? 1 : -1; // A second look that found nothing came before the new ticket.
        }

        return ahead;
    }

    /// <summary>Also of those that live under a lock, below and above the hot ones.</summary>
    private static int PriorityOf(int trial) => trial % (ReadyChannel.HotBands + 2) - 1;

    private static long Take(ChannelReader<ReadyTicket> reader) => reader.TryRead(out ReadyTicket item) ? item.Ticket : 0;
}
