using System.Runtime.CompilerServices;
using Conveyor.Fast.Concurrency.Tests.Explorer;
using Conveyor.Fast.Concurrency.Tests.Explorer.Model;

namespace Conveyor.Fast.Threading;

/// <summary>
/// The seam as the explorer builds it: each access is announced, waits for its turn and is written down. On threads that
/// no execution owns it is the bare operation.
/// </summary>
[Unwoven]
internal static unsafe class Atomic
{
    public static long Read(ref long field, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "") =>
        Load(ref field, what, member, file);

    public static int Read(ref int field, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "") =>
        Load(ref field, what, member, file);

    public static bool Read(ref bool field, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "") =>
        Load(ref field, what, member, file);

    public static T Read<T>(ref T field, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "")
        where T : class? => Load(ref field, what, member, file);

    public static void Write(ref long field, long value, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "") =>
        Store(ref field, value, what, member, file);

    public static void Write(ref int field, int value, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "") =>
        Store(ref field, value, what, member, file);

    public static void Write(ref bool field, bool value, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "") =>
        Store(ref field, value, what, member, file);

    public static void Write<T>(ref T field, T value, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "")
        where T : class? => Store(ref field, value, what, member, file);

    /// <summary>No step: it is read where something has failed, and in no scenario.</summary>
    public static void Keep(ref long field, long value) => field = value;

    public static long CompareExchange(ref long field, long value, long expected, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "") =>
        Swap(ref field, value, expected, what, member, file);

    public static int CompareExchange(ref int field, int value, int expected, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "") =>
        Swap(ref field, value, expected, what, member, file);

    public static T CompareExchange<T>(ref T field, T value, T expected, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "")
        where T : class?
    {
        Begin(StepKind.Change, ref field, what, member, file);
        T before = field;
        if (ReferenceEquals(before, expected))
        {
            field = value;
        }

        Agent.Current?.Note(before, field);
        return before;
    }

    public static long Exchange(ref long field, long value, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "") =>
        Change(ref field, value, what, member, file);

    public static int Exchange(ref int field, int value, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "") =>
        Change(ref field, value, what, member, file);

    public static T Exchange<T>(ref T field, T value, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "")
        where T : class? => Change(ref field, value, what, member, file);

    public static long Increment(ref long field, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "")
    {
        Begin(StepKind.Change, ref field, what, member, file);
        return Changed(ref field, field + 1) + 1;
    }

    public static int Increment(ref int field, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "") =>
        Add(ref field, 1, what, member, file);

    public static int Decrement(ref int field, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "") =>
        Add(ref field, -1, what, member, file);

    public static int Add(ref int field, int value, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "")
    {
        Begin(StepKind.Change, ref field, what, member, file);
        return Changed(ref field, field + value) + value;
    }

    public static long Or(ref long field, long bits, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "")
    {
        Begin(StepKind.Change, ref field, what, member, file);
        return Changed(ref field, field | bits);
    }

    public static long And(ref long field, long bits, [CallerArgumentExpression(nameof(field))] string what = "", [CallerMemberName] string member = "", [CallerFilePath] string file = "")
    {
        Begin(StepKind.Change, ref field, what, member, file);
        return Changed(ref field, field & bits);
    }

    /// <summary>Loads are never seen out of order here, as on x86.</summary>
    public static void ReadBarrier()
    {
    }

    public static void ProcessWideBarrier([CallerMemberName] string member = "", [CallerFilePath] string file = "") =>
        Agent.Current?.Take(StepKind.Fence, 0, "the process", member, file);

    private static T Load<T>(ref T field, string what, string member, string file)
    {
        if (Agent.Current is not { } agent)
        {
            return field;
        }

        Begin(StepKind.Read, ref field, what, member, file);
        T value = agent.See(field);
        agent.Note(value, null);
        return value;
    }

    private static void Store<T>(ref T field, T value, string what, string member, string file)
    {
        Begin(StepKind.Write, ref field, what, member, file);
        T before = Changed(ref field, value);
        Agent.Current?.Store(before);
    }

    private static T Swap<T>(ref T field, T value, T expected, string what, string member, string file)
        where T : struct, IEquatable<T>
    {
        Begin(StepKind.Change, ref field, what, member, file);
        return Changed(ref field, field.Equals(expected) ? value : field);
    }

    private static T Change<T>(ref T field, T value, string what, string member, string file)
    {
        Begin(StepKind.Change, ref field, what, member, file);
        return Changed(ref field, value);
    }

    private static void Begin<T>(StepKind kind, ref T field, string what, string member, string file) =>
        Agent.Current?.Take(kind, PlaceOf(ref field), what, member, file, size: Unsafe.SizeOf<T>());

    private static T Changed<T>(ref T field, T value)
    {
        T before = field;
        field = value;
        Agent.Current?.Note(before, value);
        return before;
    }

    /// <summary>The field's address. An execution in which the collector ran, and may have moved it, is thrown away.</summary>
    private static nint PlaceOf<T>(ref T field) => (nint)Unsafe.AsPointer(ref Unsafe.As<T, byte>(ref field));
}
