using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Conveyor.Fast.Threading;

/// <summary>Asks for a cache line before it is needed. A hint: it never faults, and does nothing where there is none.</summary>
internal static class CacheLine
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Prefetch<T>(ref T place)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref place));
        }
    }
}
