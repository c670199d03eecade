using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Concurrency.Tests.Linearizability;

/// <summary>
/// The pool of slots: a stripe a thread, and batches that go between them. No two threads ever hold one slot. The model
/// is the slots that are held, in order.
/// </summary>
internal sealed class SlotPoolSpecimen : Specimen<string>
{
    private const int Take = 0;
    private const int Give = 1;
    private const int TakeBatch = 2;
    private const int GiveBatch = 3;
    private readonly JobTable _table = new(new JobClock(TimeProvider.System), 1);
    private readonly Stack<int>[] _held = [new(), new()];
    private readonly Stack<int>[] _batches = [new(), new()];

    public override string Begin(Random random)
    {
        foreach (Stack<int> batches in _batches)
        {
            while (batches.TryPop(out int batch))
            {
                _table.GiveBatch(batch);
            }
        }

        return string.Join(' ', _held.SelectMany(static held => held).Order());
    }

    public override Call Choose(Random random, int thread) => new(random.Next(4), 0);

    public override long Perform(Call call, int thread)
    {
        switch (call.Kind)
        {
            case TakeBatch:
                _batches[thread].Push(_table.TakeBatch());
                return _batches[thread].Peek();
            case GiveBatch when _batches[thread].TryPop(out int batch):
                _table.GiveBatch(batch);
                return batch;
            case Take:
                return PerformOnSlot(thread, static (stripe, held) =>
                {
                    held.Push(stripe.TakeSlot(out _));
                    return held.Peek();
                });
            case Give when _held[thread].Count > 0:
                return PerformOnSlot(thread, (stripe, held) =>
                {
                    int slot = held.Pop();
                    stripe.GiveSlot(slot, ref _table.Record(slot));
                    return slot;
                });
            default:
                return 0;
        }
    }

    public override bool TryApply(string model, in Call call, out string after)
    {
        after = model;
        string slot = call.Kind is TakeBatch or GiveBatch ? $"b{call.Answer}" : $"{call.Answer}";
        if (call.Answer == 0)
        {
            return true;
        }

        string[] held = model.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool isHeld = held.Contains(slot);
        if (call.Kind is Take or TakeBatch)
        {
            after = string.Join(' ', held.Append(slot).Order(StringComparer.Ordinal));
            return !isHeld;
        }

        after = string.Join(' ', held.Where(other => other != slot).Order(StringComparer.Ordinal));
        return isHeld;
    }

    private long PerformOnSlot(int thread, Func<Stripe, Stack<int>, int> act)
    {
        Stripe stripe = _table.Stripes.Rent();
        int slot = act(stripe, _held[thread]);
        StripePool.Return(stripe);
        return slot;
    }
}
