using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// A consistent copy of one job, taken without stopping anybody: read the word, copy, read the word again. A copy between
/// two equal words is of one stay of one job.
/// </summary>
internal struct JobCopy
{
    public long Word;
    public JobRecord Record;
    public JobDetails Details;
    public JobReferences References;

    public readonly JobState State => Visible(Word);

    /// <summary>The state as a parent sees it, removed or not.</summary>
    public readonly JobState StateForParent => StateWord.State(Word) == Gone ? JobState.None : (JobState)StateWord.State(Word);

    /// <summary>Copies what a look-up may see; false if the job is not stored, not committed or removed.</summary>
    public static bool TryTake(JobTable table, long id, out JobCopy copy) => TryTake(table, id, reader: 0, out copy);

    /// <summary>With a parent as <paramref name="reader"/> also a removed job that it still reads.</summary>
    public static bool TryTake(JobTable table, long id, long reader, out JobCopy copy)
    {
        copy = default;
        int slot = SlotOf(id);
        if (id <= 0 || !table.IsSlot(slot))
        {
            return false;
        }

        ref JobRecord record = ref table.Record(slot);
        while (true)
        {
            long word = JobMoves.Settled(ref record, id); // HB-9 acquire
            copy.Word = word;
            copy.Record = record;
            copy.Details = table.Details(slot);
            copy.References = table.References(slot);
            Atomic.ReadBarrier();
            if (copy.Record.Id != id || StateWord.State(word) == Free
                || (Visible(word) == JobState.None && !(reader != 0 && IsRead(word) && Reads(table, reader))))
            {
                return false;
            }

            if (!IsCommitted(table, copy))
            {
                // The commit may have ended since the copy: it takes its mark off first and the block away after that, so
                // a mark that is still there means that the block was never published.
                if (Has(Atomic.Read(ref record.Word), Uncommitted) && StillStands(table, id, copy))
                {
                    return false;
                }

                continue;
            }

            if (StillStands(table, id, copy))
            {
                return true;
            }
        }
    }

    /// <summary>Whether what was copied is still so; to be asked again after reading through a copied reference to a pooled value.</summary>
    public static bool StillStands(JobTable table, long id, in JobCopy copy)
    {
        Atomic.ReadBarrier();
        ref JobRecord record = ref table.Record(SlotOf(id));
        return ((Atomic.Read(ref record.Word) ^ copy.Word) & (StepMask | StateMask | Recorded)) == 0 && Atomic.Read(ref record.Id) == id;
    }

    /// <summary>One that has let its children go does not, although another parent may keep them.</summary>
    private static bool Reads(JobTable table, long parentId)
    {
        ref JobRecord parent = ref table.Record(SlotOf(parentId));
        long word = Atomic.Read(ref parent.Word);
        return StateWord.State(word) != Free && !Has(word, ChildrenReleased) && Atomic.Read(ref parent.Id) == parentId;
    }

    private static bool IsCommitted(JobTable table, in JobCopy copy) =>
        !Has(copy.Word, Uncommitted) || table.Flows.Find(copy.Details.Block) is not null;
}
