using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Concurrency.Tests.Linearizability;

/// <summary>The published list: who sees a count sees all that it counts. One thread adds, the other one looks. The model is the count.</summary>
internal sealed class ListSpecimen : Specimen<int>
{
    private const int Add = 0;
    private const int Count = 1;
    private const int Last = 2;
    private PublishedList<string> _list = new();

    public override int Begin(Random random)
    {
        _list = new PublishedList<string>();
        return 0;
    }

    public override Call Choose(Random random, int thread) => new(thread == 0 ? Add : random.Next(Count, Last + 1), 0);

    public override long Perform(Call call, int thread)
    {
        switch (call.Kind)
        {
            case Add:
                _list.Add(_list.Count.ToString());
                return 0;
            case Count:
                return _list.Count;
            default:
                ReadOnlySpan<string> all = _list.All;
                return all.Length == 0 ? 0 : int.Parse(all[^1]) + 1;
        }
    }

    public override bool TryApply(int model, in Call call, out int after)
    {
        after = call.Kind == Add ? model + 1 : model;
        return call.Kind == Add || call.Answer == model;
    }
}
