namespace Conveyor.Fast.Concurrency.Tests.Linearizability;

/// <summary>
/// Looks for an order of a history's calls that a sequential thing could have answered so, and in which no call comes
/// before one that had returned when it was made.
/// </summary>
internal static class Linearization
{
    public static bool Exists<TModel>(Specimen<TModel> specimen, TModel begin, ReadOnlySpan<Call> calls)
    {
        HashSet<(int, TModel)> seen = [];
        return Search(specimen, begin, calls, (1 << calls.Length) - 1, seen);
    }

    private static bool Search<TModel>(Specimen<TModel> specimen, TModel model, ReadOnlySpan<Call> calls, int left, HashSet<(int, TModel)> seen)
    {
        if (left == 0)
        {
            return true;
        }

        if (!seen.Add((left, model)))
        {
            return false;
        }

        long earliestReturn = long.MaxValue;
        for (int i = 0; i < calls.Length; i++)
        {
            earliestReturn = (left & (1 << i)) != 0 ? Math.Min(earliestReturn, calls[i].Returned) : earliestReturn;
        }

        for (int i = 0; i < calls.Length; i++)
        {
            if ((left & (1 << i)) != 0 && calls[i].Invoked <= earliestReturn && specimen.TryApply(model, calls[i], out TModel after)
                && Search(specimen, after, calls, left & ~(1 << i), seen))
            {
                return true;
            }
        }

        return false;
    }
}
