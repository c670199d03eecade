using Conveyor.Fast.Flows;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Dispatch;

/// <summary>Lets ended jobs go that are kept for a time, when it is over.</summary>
internal sealed class ExpiryWatch(JobTable table, Ending ending) : IDueSource
{
    private const int Batch = 64;

    public long FallDue(long now)
    {
        Span<long> tickets = stackalloc long[Batch];
        while (table.Expiries.TakeDue(now, tickets) is not 0 and var count)
        {
            Stripe stripe = table.Stripes.Rent();
            stripe.Released.AddRange(tickets[..count]);
            ending.EvictReleased(stripe);
            ending.Notify(stripe);
            StripePool.Return(stripe);
        }

        return table.Expiries.NextDue();
    }
}
