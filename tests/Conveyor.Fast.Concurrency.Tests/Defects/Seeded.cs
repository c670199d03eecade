using Conveyor.Fast.Concurrency.Tests.Explorer.Model;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast;

/// <summary>The switches of the seeded defects. In the enclosing namespace of all stages, so that edits need no usings.</summary>
[Unwoven]
internal static partial class Seeded
{
    private static string? s_on;

    public static bool Is(string defect) => ReferenceEquals(s_on, defect);

    /// <summary>Switches one defect on until the scope ends.</summary>
    public static Scope On(string defect)
    {
        s_on = string.Intern(defect);
        return default;
    }

    /// <summary>A plain store where a compare-exchange belongs.</summary>
    public static long Store(ref long field, long value, long expected)
    {
        Atomic.Write(ref field, value);
        return expected;
    }

    /// <inheritdoc cref="Store(ref long, long, long)"/>
    public static int Store(ref int field, int value, int expected)
    {
        Atomic.Write(ref field, value);
        return expected;
    }

    /// <summary>A look and a plain store where a decrement belongs.</summary>
    public static int CountDown(ref int field)
    {
        int left = Atomic.Read(ref field) - 1;
        Atomic.Write(ref field, left);
        return left;
    }

    public readonly ref struct Scope
    {
        public void Dispose() => s_on = null;
    }
}
