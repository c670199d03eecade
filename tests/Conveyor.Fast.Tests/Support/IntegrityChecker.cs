using Conveyor.Fast.Admission;
using Conveyor.Fast.Jobs;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Tests.Support;

/// <summary>
/// Walks a whole store while nothing runs and states its invariants: no parent waits without an unfinished child, open
/// edges are counted, counts add up, what is removed is pinned by somebody, slots and blocks are all accounted for.
/// </summary>
internal static class IntegrityChecker
{
    private static readonly JobState[] s_states = [.. Enum.GetValues<JobState>().Where(static state => state != JobState.None)];

    public static void Check(JobStore store)
    {
        Engine engine = store.Engine;
        JobTable table = engine.Table;
        Dictionary<(int Queue, JobState State), int> counted = [];
        Dictionary<long, int> openEdges = [];
        HashSet<int> usedBlocks = [];
        int free = 0;
        int keyed = 0;
        int delayed = 0;
        for (int slot = JobTable.FirstUsableSlot; slot < table.SlotLimit; slot++)
        {
            if (!table.IsSlot(slot))
            {
                continue;
            }

            ref JobRecord record = ref table.Record(slot);
            long word = record.Word;
            if (State(word) == Free)
            {
                free++;
                Require(table.References(slot) is { Definition: null or { IsKept: true }, Data: null, Result: null, CustomId: null }, slot, word, "is free and holds references");
                continue;
            }

            Require(!Has(word, Uncommitted) || table.Flows.Find(table.Details(slot).Block) is not null, slot, word, "is written but not committed while nothing runs");
            Require(!Has(word, Held), slot, word, "is held while nothing runs");
            Require(!Has(word, Announcing), slot, word, "is marked as being announced while nothing runs");
            if (Visible(word) != JobState.None)
            {
                counted[(record.Queue, Visible(word))] = counted.GetValueOrDefault((record.Queue, Visible(word))) + 1;
            }

            if (IsEnded(word) || State(word) == Gone)
            {
                Require(Has(word, Recorded), slot, word, "has ended and is not recorded");
            }

            if (table.Details(slot).ChildCount != 0)
            {
                usedBlocks.Add(table.Details(slot).Block);
                Assert.NotNull(table.Flows.Find(table.Details(slot).Block));
            }

            if (Has(word, HasParent) && !Has(word, EdgeSettled))
            {
                Require(!IsEnded(word) && State(word) != Gone, slot, word, "has ended without settling its edge");
                openEdges[record.ParentId] = openEdges.GetValueOrDefault(record.ParentId) + 1;
                ref JobRecord parent = ref table.Record(SlotOf(record.ParentId));
                Require(parent.Id == record.ParentId && State(parent.Word) != Free, slot, word, "has an open edge to a parent that is gone");
            }

            if (State(word) == Delayed)
            {
                delayed++;
                Require(table.Delays.TryGetDue(Ticket(word, slot), out _), slot, word, "is delayed and not under the clock");
            }

            keyed += Has(word, HasKey) ? 1 : 0;
            CheckKeyed(table, slot, openEdges);
            if (Visible(word) == JobState.None)
            {
                bool pinnedByParent = (Has(word, HasParent) && !Has(word, ParentDone)) || Has(word, HasFurtherParents);
                Require(record.Pending != 0 || pinnedByParent || Has(word, HasStrayRun), slot, word, "is removed and pinned by nobody");
            }
        }

        for (int slot = JobTable.FirstUsableSlot; slot < table.SlotLimit; slot++)
        {
            ref JobRecord record = ref table.Record(slot);
            if (State(record.Word) == Free)
            {
                continue;
            }

            int open = openEdges.GetValueOrDefault(record.Id);
            if (open != record.Pending)
            {
                Assert.Fail(Say(slot, record.Word, $"counts {record.Pending} open edges and has {open}"));
            }

            Require(State(record.Word) != WaitingChildren || record.Pending != 0, slot, record.Word, "waits for children and has none unfinished");
        }

        foreach (QueueLedger ledger in table.Ledgers)
        {
            QueueCounts counts = QueueCounts.Read(table, ledger.Number);
            foreach (JobState state in s_states)
            {
                int stored = counted.GetValueOrDefault((ledger.Number, state));
                if (counts[state] != stored)
                {
                    Assert.Fail($"queue '{ledger.Name}' counts {counts[state]} {state} jobs and stores {stored}");
                }
            }
        }

        Assert.All(table.Keyed.Holders, static holder => Assert.True(holder.IsLive, $"key '{holder.Key}' is held by job {holder.Id}, which does not live"));
        Assert.Equal(keyed, table.Keyed.Count);
        Assert.Equal(delayed, table.Delays.Count);
        Assert.Equal(free, table.CountFreeSlots());
        Assert.Equal(usedBlocks.Count, table.Flows.PublishedCount);
        Assert.True(table.Waiters.IsEmpty || HasUnfinished(counted), "somebody waits and nothing is unfinished");
    }

    /// <summary>What lies beside the record of a job with a key says the same as its word.</summary>
    private static void CheckKeyed(JobTable table, int slot, Dictionary<long, int> openEdges)
    {
        ref JobRecord record = ref table.Record(slot);
        long word = record.Word;
        KeyedJob? job = table.Keyed.Find(record.Id);
        Require(Has(word, HasKey) == job is not null, slot, word, "has a key and nothing beside its record, or the other way round");
        Require(Has(word, HasFurtherParents) == (job?.Edges().Any(static edge => edge.Edge.IsActive) ?? false), slot, word, "says otherwise of further parents than its edges");
        foreach ((long parentId, ParentEdge edge) in job?.Edges() ?? [])
        {
            Require(edge.Stage != EdgeStage.Prepared, slot, word, "has a prepared edge while nothing is being added");
            if (edge.Stage == EdgeStage.Open)
            {
                Require(!IsEnded(word) && State(word) != Gone, slot, word, "has ended without settling the edge to a further parent");
                openEdges[parentId] = openEdges.GetValueOrDefault(parentId) + 1;
            }

            if (edge.IsActive)
            {
                ref JobRecord parent = ref table.Record(SlotOf(parentId));
                Require(parent.Id == parentId && State(parent.Word) != Free, slot, word, "is kept for a further parent that is gone");
            }
        }
    }

    private static bool HasUnfinished(Dictionary<(int Queue, JobState State), int> counted) =>
        counted.Keys.Any(static key => key.State is JobState.WaitingChildren or JobState.Delayed or JobState.Waiting or JobState.Active);

    /// <summary>Puts in words only what does not hold: the store is walked after each of many short executions.</summary>
    private static void Require(bool holds, int slot, long word, string what)
    {
        if (!holds)
        {
            Assert.Fail(Say(slot, word, what));
        }
    }

    private static string Say(int slot, long word, string what) => $"slot {slot}, state {State(word)}, flags {word & FlagsMask:x}, step {word >> StepShift}: {what}";
}
