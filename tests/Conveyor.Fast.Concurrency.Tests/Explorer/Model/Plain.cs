using System.Runtime.CompilerServices;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Model;

/// <summary>
/// What the weaver puts in the place of the library's plain accesses. One that races is a step; one that does not happens
/// with the step before it. On threads that no execution owns it is the bare access.
/// </summary>
internal static unsafe class Plain
{
    public static T Read<T>(ref T field, int site)
    {
        if (Agent.Current is not { } agent || !agent.TakePlain(StepKind.Read, PlaceOf(ref field), Unsafe.SizeOf<T>(), site))
        {
            return field;
        }

        T value = agent.See(field);
        agent.Note(value, null);
        return value;
    }

    public static void Write<T>(ref T field, T value, int site)
    {
        if (Agent.Current is not { } agent || !agent.TakePlain(StepKind.Write, PlaceOf(ref field), Unsafe.SizeOf<T>(), site))
        {
            field = value;
            return;
        }

        T before = field;
        field = value;
        agent.Note(before, value);
        agent.Store(before);
    }

    public static void Clear<T>(ref T field, int site) => Write(ref field, default!, site);

    private static nint PlaceOf<T>(ref T field) => (nint)Unsafe.AsPointer(ref Unsafe.As<T, byte>(ref field));
}
