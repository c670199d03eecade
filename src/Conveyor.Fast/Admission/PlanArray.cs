using System.Buffers;
using System.Runtime.CompilerServices;

namespace Conveyor.Fast.Admission;

/// <summary>The growing arrays of a plan. Small ones stay with it, those that a large flow needs are borrowed from the shared pool.</summary>
internal static class PlanArray
{
    private const int LargestKept = 4096;
    private const int LargestShared = 1 << 20; // What only a huge flow needs is left to the collector.

    /// <summary>Makes room for so many items. What is beyond the used ones is empty, if it holds references.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Grow<T>(ref T[] array, int used, int count)
    {
        if (count > array.Length)
        {
            GrowMore(ref array, used, count);
        }
    }

    /// <summary>Gives back what is large; its references were cleared before.</summary>
    public static void Shrink<T>(ref T[] array)
    {
        if (array.Length > LargestKept)
        {
            GiveBack(array);
            array = new T[16];
        }
    }

    private static void GrowMore<T>(ref T[] array, int used, int count)
    {
        int length = Math.Max(count, array.Length * 2);
        T[] grown = length > LargestKept ? ArrayPool<T>.Shared.Rent(length) : new T[length];
        Array.Copy(array, grown, used);
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            Array.Clear(array, 0, used);
        }

        GiveBack(array);
        array = grown;
    }

    private static void GiveBack<T>(T[] array)
    {
        if (array.Length is > LargestKept and <= LargestShared)
        {
            ArrayPool<T>.Shared.Return(array);
        }
    }
}
