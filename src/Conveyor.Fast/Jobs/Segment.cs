using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Conveyor.Fast.Jobs;

/// <summary>A block of slots that never moves. Records are aligned to cache lines within a pinned array.</summary>
internal sealed partial class Segment
{
    public const int Size = 1 << Shift;
    public const int Mask = Size - 1;

    private readonly byte[] _memory; // Keeps alive what the address points to.
    private readonly nint _records;
    private readonly JobDetails[] _details = new JobDetails[Size];
    private readonly JobReferences[] _references = new JobReferences[Size];

    public unsafe Segment(long firstStep)
    {
        int recordBytes = Unsafe.SizeOf<JobRecord>();
        _memory = GC.AllocateArray<byte>((Size + 1) * recordBytes, pinned: true);
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory));
        _records = address + (recordBytes - address % recordBytes) % recordBytes;
        for (int i = 0; i < Size; i++)
        {
            Record(i).Word = firstStep << StateWord.StepShift;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe ref JobRecord Record(int slot) => ref Unsafe.AsRef<JobRecord>((JobRecord*)_records + (slot & Mask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref JobDetails Details(int slot) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_details), slot & Mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref JobReferences References(int slot) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_references), slot & Mask);
}
