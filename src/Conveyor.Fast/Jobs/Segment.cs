using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// Where a block of slots lies, which never moves: the records, one to a cache line, and after them the details; the references,
/// two slots to a line. Known by addresses, so that a job anywhere is reached without a detour over objects.
/// </summary>
internal readonly unsafe partial struct Segment
{
    public const int Size = 1 << Shift;
    public const int Mask = Size - 1;

    private const int LineBytes = 64;
    private readonly nint _records;
    private readonly nint _references;

    private Segment(nint records, nint references)
    {
        _records = records;
        _references = references;
    }

    /// <summary>A block of free slots. Its memory is kept alive by what is added to the list.</summary>
    public static Segment Make(long firstStep, List<Array> memory)
    {
        byte[] values = GC.AllocateArray<byte>(Size * (sizeof(JobRecord) + sizeof(JobDetails)) + LineBytes, pinned: true);
        object?[] references = GC.AllocateArray<object?>(Size * Unsafe.SizeOf<JobReferences>() / sizeof(nint) + LineBytes / sizeof(nint), pinned: true);
        memory.Add(values);
        memory.Add(references);
        Segment segment = new(
            FirstLine((nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(values))),
            FirstLine((nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(references))));
        for (int slot = 0; slot < Size; slot++)
        {
            segment.Record(slot).Word = firstStep << StateWord.StepShift;
        }

        return segment;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref JobRecord Record(int slot) => ref Unsafe.AsRef<JobRecord>((JobRecord*)_records + (slot & Mask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref JobDetails Details(int slot) => ref Unsafe.AsRef<JobDetails>((JobDetails*)(_records + Size * sizeof(JobRecord)) + (slot & Mask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref JobReferences References(int slot) => ref Unsafe.Add(ref Unsafe.AsRef<JobReferences>((void*)_references), slot & Mask);

    private static nint FirstLine(nint address) => (address + LineBytes - 1) & -LineBytes;
}
