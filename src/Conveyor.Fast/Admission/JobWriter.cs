using System.Runtime.CompilerServices;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Admission;

/// <summary>Fills a slot that nobody else can see yet.</summary>
internal static class JobWriter
{
    /// <summary>Writes everything but the payload and the word; returns the id.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Fill(Segment segment, int slot, ref JobRecord record, int queue, JobDefinition definition, int priority, long now)
    {
        long id = StateWord.Ticket(record.Word, slot);
        record.Id = id;
        record.Pending = 0;
        record.ParentId = 0;
        record.Priority = priority;
        record.AttemptsMade = 0;
        record.Queue = (ushort)queue;
        record.ParentQueue = 0;
        record.Worker = 0;
        record.Started = now;
        record.Ended = 0;
        ref JobDetails details = ref segment.Details(slot);
        details.Created = now;
        details.Block = 0;
        details.FirstChild = 0;
        details.ChildCount = 0;
        ref JobReferences references = ref segment.References(slot);
        if (!ReferenceEquals(references.Definition, definition))
        {
            references.Definition = definition;
        }

        return id;
    }

    /// <summary>Gives a slot back that was filled but never published.</summary>
    public static void Abandon(Stripe stripe, JobTable table, int slot)
    {
        table.References(slot).Clear();
        ref JobRecord record = ref table.Record(slot);

        // The id was never given out, but the step goes on all the same: no two stays share a stamp.
        record.Word = (record.Word & StateWord.StepMask) + StateWord.OneStep;
        stripe.GiveSlot(slot, ref record);
    }
}
