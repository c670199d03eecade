using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Conveyor.Fast.Threading;

/// <summary>Asks for a cache line before it is needed. A hint: it never faults, and does nothing where there is none.</summary>
internal static class CacheLine
{
    /// <param name="place">What is in the line.</param>
    /// <param name="offset">How far behind it. To take a field's address by reference would read it first, and wait for the line.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Prefetch<T>(ref T place, int offset = 0)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0((byte*)Unsafe.AsPointer(ref place) + offset);
        }
    }
}
