using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using Conveyor.Fast.Dispatch;

namespace Conveyor.Fast.Benchmarks;

/// <summary>
/// Dispatch: tickets through the ready channel alone, used by its public type, on one thread, in batches.
/// <code>
///     |P1 -> channel -> P1|
/// </code>
/// Not measured: what a ticket stands for, and parking, since nobody waits. With several bands the tickets take them in
/// turn. The baseline is the plain stock channel, which does not order; the one that does is shown beside it.
/// </summary>
[MemoryDiagnoser]
public class DispatchBenchmarks
{
    private const int Tickets = 1_000;

    private readonly Channel<ReadyTicket> _ready = new ReadyChannel();
    private readonly Channel<ReadyTicket> _stock = Channel.CreateUnbounded<ReadyTicket>();
    private readonly Channel<ReadyTicket> _stockPrioritized = Channel.CreateUnboundedPrioritized(
        new UnboundedPrioritizedChannelOptions<ReadyTicket>
        {
            Comparer = Comparer<ReadyTicket>.Create(static (x, y) => x.Priority.CompareTo(y.Priority)),
        });

    /// <summary>How many different priorities the tickets have.</summary>
    [Params(1, 8)]
    public int Bands { get; set; }

    /// <summary>The stock channel, which knows no priorities.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Tickets)]
    public long StockChannel() => Pass(_stock);

    /// <summary>The stock channel with a heap under a lock; equals come in any order.</summary>
    [Benchmark(OperationsPerInvoke = Tickets)]
    public long StockPrioritizedChannel() => Pass(_stockPrioritized);

    /// <summary>The engine's own channel.</summary>
    [Benchmark(OperationsPerInvoke = Tickets)]
    public long ReadyChannel() => Pass(_ready);

    private long Pass(Channel<ReadyTicket> channel)
    {
        for (int i = 0; i < Tickets; i++)
        {
            channel.Writer.TryWrite(new ReadyTicket(i, i % Bands, ToFront: false));
        }

        long sum = 0;
        while (channel.Reader.TryRead(out ReadyTicket ticket))
        {
            sum += ticket.Ticket;
        }

        return sum;
    }
}
