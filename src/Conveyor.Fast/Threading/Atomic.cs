using System.Runtime.CompilerServices;

namespace Conveyor.Fast.Threading;

/// <summary>
/// The seam through which the stages touch shared fields. It compiles to the bare operation; a build for exploring
/// interleavings replaces it, so what is explored is what ships.
/// </summary>
internal static class Atomic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Read(ref long field) => Volatile.Read(ref field);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Read(ref int field) => Volatile.Read(ref field);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Read(ref bool field) => Volatile.Read(ref field);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read<T>(ref T field) where T : class? => Volatile.Read(ref field);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(ref long field, long value) => Volatile.Write(ref field, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(ref int field, int value) => Volatile.Write(ref field, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(ref bool field, bool value) => Volatile.Write(ref field, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write<T>(ref T field, T value) where T : class? => Volatile.Write(ref field, value);

    /// <summary>A write by which nobody decides anything as long as nothing fails: no step for who explores interleavings.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Keep(ref long field, long value) => Volatile.Write(ref field, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long CompareExchange(ref long field, long value, long expected) => Interlocked.CompareExchange(ref field, value, expected);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CompareExchange(ref int field, int value, int expected) => Interlocked.CompareExchange(ref field, value, expected);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T CompareExchange<T>(ref T field, T value, T expected) where T : class? => Interlocked.CompareExchange(ref field, value, expected);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Exchange(ref long field, long value) => Interlocked.Exchange(ref field, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Exchange(ref int field, int value) => Interlocked.Exchange(ref field, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exchange<T>(ref T field, T value) where T : class? => Interlocked.Exchange(ref field, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Increment(ref long field) => Interlocked.Increment(ref field);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Increment(ref int field) => Interlocked.Increment(ref field);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Decrement(ref int field) => Interlocked.Decrement(ref field);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Add(ref int field, int value) => Interlocked.Add(ref field, value);

    /// <summary>Sets bits and returns the word as it was before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Or(ref long field, long bits) => Interlocked.Or(ref field, bits);

    /// <summary>Keeps only the given bits and returns the word as it was before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long And(ref long field, long bits) => Interlocked.And(ref field, bits);

    /// <summary>Earlier reads stay before later reads: the closing half of an optimistic copy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadBarrier() => Volatile.ReadBarrier();

    /// <summary>Every running thread of the process passes a full fence before this returns.</summary>
    public static void ProcessWideBarrier() => Interlocked.MemoryBarrierProcessWide();
}
