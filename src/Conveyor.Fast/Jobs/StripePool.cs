using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// Producers' stripes. While no two threads add at the same time the first one serves them all, so that ids do not depend
/// on threads; after that each thread starts from a place of its own. A thread never waits: if all are taken, one is made.
/// </summary>
internal sealed class StripePool(JobTable table)
{
    private readonly Lock _growth = new();
    private Stripe[] _stripes = [new Stripe(table)];
    private readonly Stack<Stripe> _idle = new();
    private readonly PublishedList<Stripe> _loops = new();
    private bool _contended;

    public ReadOnlySpan<Stripe> Loops => _loops.All;

    public ReadOnlySpan<Stripe> Producers => Atomic.Read(ref _stripes);

    public Stripe Rent()
    {
        Stripe[] stripes = Atomic.Read(ref _stripes);
        int start = Atomic.Read(ref _contended) ? Environment.CurrentManagedThreadId % stripes.Length : 0;
        if (stripes[start].TryEnter())
        {
            return stripes[start];
        }

        return RentContended(stripes, start);
    }

    public static void Return(Stripe stripe) => stripe.Exit();

    /// <summary>A stripe for one worker loop until that ends; the next loop goes on with its counts and free slots.</summary>
    public Stripe RentLoop()
    {
        lock (_growth)
        {
            if (_idle.TryPop(out Stripe? idle))
            {
                return idle;
            }

            Stripe stripe = new(table) { KeepsEndsBack = true };
            _loops.Add(stripe);
            return stripe;
        }
    }

    public void ReturnLoop(Stripe stripe)
    {
        lock (_growth)
        {
            _idle.Push(stripe);
        }
    }

    private Stripe RentContended(Stripe[] stripes, int start)
    {
        if (!stripes[start].IsOwn)
        {
            Atomic.Write(ref _contended, true);
        }

        for (int i = 1; i < stripes.Length; i++)
        {
            Stripe stripe = stripes[(start + i) % stripes.Length];
            if (stripe.TryEnter())
            {
                return stripe;
            }
        }

        Stripe added = new(table);
        added.TryEnter();
        lock (_growth)
        {
            Atomic.Write(ref _stripes, [.. _stripes, added]);
        }

        return added;
    }
}
