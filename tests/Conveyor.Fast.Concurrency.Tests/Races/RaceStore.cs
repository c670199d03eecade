using System.Runtime.InteropServices;
using Conveyor.Fast.Admission;
using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Tests.Support;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>
/// A store without workers, whose jobs the two sides of a race move through the engine's own stages. It makes families,
/// tells what has become of them, and takes them away again.
/// </summary>
internal sealed class RaceStore : IDisposable
{
    private static readonly FlowJob[] s_shapes = MakeShapes();
    private readonly Dictionary<long, Member> _tallies = [];
    private readonly Lock _lock = new();
    private readonly FlowProducer _flows;
    private IDisposable? _subscription;

    public RaceStore()
    {
        Store = new JobStore(new JobStoreOptions { Retention = new RetentionOptions { Completed = Retention.KeepAll, Failed = Retention.KeepAll } });
        _flows = new FlowProducer(Store);
        Engine = Store.Engine;
        AdmissionQueue queue = Engine.Queues.Use("races");
        Ready = queue.Ready.Ready;
        Ledger = queue.Ledger;
    }

    public JobStore Store { get; }

    public Engine Engine { get; }

    public ReadyChannel Ready { get; }

    public QueueLedger Ledger { get; }

    private JobTable Table => Engine.Table;

    public Family Add(Variant variant, int children)
    {
        long parent = Commit(variant, children);
        ReadOnlySpan<long> ids = Engine.Ending.Children(SlotOf(parent));
        return new Family(parent, ids[0], ids.Length > 1 ? ids[1] : 0);
    }

    public long Commit(Variant variant, int children) => _flows.Start(s_shapes[ShapeOf(variant.Policy, variant.IsKept, children)]).Id.ToInt64();

    public JobHandle Handle(long id) => new(Store, new JobId(id));

    public void Listen(bool wanted)
    {
        if (wanted && _subscription is null)
        {
            _subscription = Store.Events.Subscribe(Hear, JobEventType.Completed, JobEventType.Failed, JobEventType.Canceled, JobEventType.Removed, JobEventType.Error);
        }
        else if (!wanted)
        {
            _subscription?.Dispose();
            _subscription = null;
        }
    }

    /// <summary>Waits for the ticket of a job that another thread adds below a parent; a new job's ticket is its id.</summary>
    public Family AwaitBirth(StartingGate gate)
    {
        while (true)
        {
            if (Ready.Reader.TryRead(out ReadyTicket item))
            {
                CountTicket(item.Ticket);
                ref JobRecord record = ref Table.Record(SlotOf(item.Ticket));
                if (record.Id == item.Ticket)
                {
                    return new Family(record.ParentId, item.Ticket, 0);
                }
            }
            else if (gate.IsBroken)
            {
                throw new InvalidOperationException("nothing is added any more");
            }
        }
    }

    public void TakeTickets()
    {
        while (Ready.Reader.TryRead(out ReadyTicket item))
        {
            CountTicket(item.Ticket);
        }
    }

    public Outcome Look(Family family, Fate a, Fate b)
    {
        ref JobRecord parent = ref Table.Record(SlotOf(family.Parent));
        bool isThere = parent.Id == family.Parent && State(parent.Word) != Free;
        return new Outcome(a, b, Look(family.Parent), Look(family.First), Look(family.Second), isThere ? parent.Pending : 0);
    }

    /// <summary>Removes what is left of a family; nothing of it runs any more.</summary>
    public void Remove(Family family)
    {
        foreach (long id in (ReadOnlySpan<long>)[family.Parent, family.First, family.Second])
        {
            ref JobRecord record = ref Table.Record(SlotOf(id));
            if (id != 0 && record.Id == id && Visible(record.Word) != JobState.None)
            {
                Engine.Operations.Remove(id, keepChildren: false);
            }
        }
    }

    public bool IsActive(long id) => id != 0 && Table.Record(SlotOf(id)) is var record && record.Id == id && State(record.Word) == Active;

    /// <summary>Between batches: every slot and every block has come back.</summary>
    public void CheckEmpty()
    {
        TakeTickets();
        int used = Table.SlotLimit - JobTable.FirstUsableSlot;
        Assert.True(Table.CountFreeSlots() == used, $"{used - Table.CountFreeSlots()} of {used} slots have not come back");
        Assert.True(Table.Flows.PublishedCount == 0, $"{Table.Flows.PublishedCount} blocks have not come back");
        _tallies.Clear();
    }

    public void CheckIntegrity() => IntegrityChecker.Check(Store);

    /// <summary>The hands have let go: every run has come back too.</summary>
    public void Dispose()
    {
        Assert.Equal(Engine.Dispatcher.Runs.Rented, Engine.Dispatcher.Runs.Returned);
        Store.Dispose();
    }

    private static int ShapeOf(ChildFailurePolicy policy, bool isKept, int children) => ((int)policy * 2 + (isKept ? 1 : 0)) * 2 + children - 1;

    private static FlowJob[] MakeShapes()
    {
        FlowJob[] shapes = new FlowJob[12];
        foreach (ChildFailurePolicy policy in Enum.GetValues<ChildFailurePolicy>())
        {
            for (int children = 1; children <= 2; children++)
            {
                foreach (bool isKept in new[] { true, false })
                {
                    Retention? retention = isKept ? null : Retention.RemoveAtOnce;
                    JobOptions options = new() { FailParentOnChildFailure = policy, RemoveOnComplete = retention, RemoveOnFail = retention };
                    shapes[ShapeOf(policy, isKept, children)] = new FlowJob("parent", "races")
                    {
                        Options = options,
                        Children = [.. Enumerable.Range(0, children).Select(_ => new FlowJob("child", "races") { Options = options })],
                    };
                }
            }
        }

        return shapes;
    }

    private Member Look(long id)
    {
        if (id == 0)
        {
            return default;
        }

        ref JobRecord record = ref Table.Record(SlotOf(id));
        return _tallies.GetValueOrDefault(id) with { State = record.Id == id ? Visible(record.Word) : JobState.None };
    }

    private void CountTicket(long ticket)
    {
        ref JobRecord record = ref Table.Record(SlotOf(ticket));
        long id = Atomic.Read(ref record.Id);
        if (Stands(Atomic.Read(ref record.Word), ticket, Waiting))
        {
            Count(id, tickets: 1, ends: 0, removals: 0);
        }
    }

    private void Hear(JobEvent occurrence)
    {
        if (occurrence.Type == JobEventType.Error)
        {
            throw new InvalidOperationException(occurrence.Context, occurrence.Error);
        }

        bool isRemoval = occurrence.Type == JobEventType.Removed;
        Count(occurrence.Job.Id.ToInt64(), tickets: 0, isRemoval ? 0 : 1, isRemoval ? 1 : 0);
    }

    private void Count(long id, int tickets, int ends, int removals)
    {
        lock (_lock)
        {
            ref Member tally = ref CollectionsMarshal.GetValueRefOrAddDefault(_tallies, id, out _);
            tally = new Member(JobState.None, tally.Tickets + tickets, tally.Ends + ends, tally.Removals + removals);
        }
    }
}
