using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Tests.Repository;

public class LayoutTests
{
    /// <summary>The regions of the state word; they do not overlap and cover all of it but the sign and the bit below it.</summary>
    private static readonly long[] s_regions = [StateWord.StepMask, StateWord.FlagsMask, StateWord.StateMask];

    [Fact]
    public void StateWord_Regions_CoverTheWordWithoutOverlap() => Assert.Null(FaultOf(s_regions, 0x3FFF_FFFF_FFFF_FFFF));

    [Fact]
    public void StateWord_Flags_CoverTheirRegionWithoutOverlap() => Assert.Null(FaultOf(Flags(), StateWord.FlagsMask));

    [Fact]
    public void StateWord_States_FitTheirRegionAndAreDistinct()
    {
        long[] states = [StateWord.Free, StateWord.WaitingChildren, StateWord.Delayed, StateWord.Waiting, StateWord.Active, StateWord.Completed, StateWord.Failed, StateWord.Canceled, StateWord.Gone];
        Assert.Equal(states.Length, states.Distinct().Count());
        Assert.All(states, static state => Assert.Equal(0, state & ~StateWord.StateMask));
    }

    [Fact]
    public void Ticket_SlotAndStep_ShareNoBit()
    {
        Assert.Equal(0, StateWord.SlotMask & StateWord.StepMask);
        Assert.Equal(0x3FFF_FFFF_FFFF_FFFF, StateWord.SlotMask | StateWord.StepMask);
        Assert.True(StateWord.RetireAt > 0 && (StateWord.RetireAt & ~StateWord.StepMask) == 0);
    }

    [Fact]
    public void Records_Sizes_AreWhatAJobMayCost()
    {
        Assert.Equal(64, Unsafe.SizeOf<JobRecord>());
        Assert.Equal(40, Unsafe.SizeOf<JobDetails>());
        Assert.Equal(32, Unsafe.SizeOf<JobReferences>());
        Assert.InRange(Unsafe.SizeOf<JobRecord>() + Unsafe.SizeOf<JobDetails>() + Unsafe.SizeOf<JobReferences>() + sizeof(long), 0, 160);
    }

    /// <summary>They lie in an array of objects, and the collector reads them as such.</summary>
    [Fact]
    public void JobReferences_Fields_AreReferences() =>
        Assert.All(typeof(JobReferences).GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic), static field => Assert.False(field.FieldType.IsValueType, field.Name));

    [Fact]
    public void JobRecord_Fields_DoNotOverlap()
    {
        (int Start, int End, string Name)[] fields =
        [
            .. typeof(JobRecord).GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Select(static field => ((int)Marshal.OffsetOf<JobRecord>(field.Name), (int)Marshal.OffsetOf<JobRecord>(field.Name) + Marshal.SizeOf(field.FieldType), field.Name))
                .Order(),
        ];
        Assert.All(fields.Zip(fields.Skip(1)), static pair => Assert.True(pair.First.End <= pair.Second.Start, $"{pair.First.Name} overlaps {pair.Second.Name}"));
        Assert.True(fields[^1].End <= Unsafe.SizeOf<JobRecord>());
        Assert.False(RuntimeHelpers.IsReferenceOrContainsReferences<JobRecord>());
    }

    [Fact]
    public void FaultOf_OverlapOrGap_IsSeen()
    {
        Assert.NotNull(FaultOf([0b011, 0b110], 0b111));
        Assert.NotNull(FaultOf([0b001, 0b100], 0b111));
        Assert.NotNull(FaultOf([0b001, 0b110, 0b1000], 0b111));
        Assert.Null(FaultOf([0b001, 0b110], 0b111));
    }

    private static long[] Flags() =>
    [
        .. from field in typeof(StateWord).GetFields(BindingFlags.Static | BindingFlags.Public)
           where field.IsLiteral && field.FieldType == typeof(long) && !field.Name.EndsWith("Mask", StringComparison.Ordinal)
           let value = (long)field.GetRawConstantValue()!
           where (value & StateWord.FlagsMask) != 0 && (value & ~StateWord.FlagsMask) == 0
           select value,
    ];

    private static string? FaultOf(IEnumerable<long> masks, long whole)
    {
        long seen = 0;
        foreach (long mask in masks)
        {
            if ((seen & mask) != 0)
            {
                return $"{mask:x} overlaps {seen & mask:x}";
            }

            seen |= mask;
        }

        return seen == whole ? null : $"{seen:x} is not {whole:x}";
    }
}
