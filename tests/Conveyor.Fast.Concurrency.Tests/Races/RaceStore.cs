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
    private static readonly Dictionary<(Variant Variant, int Children), FlowJob> s_shapes = (
        from unheard in Variant.Unheard
        from maxStalls in new[] { 0, 1 }
        from children in new[] { 1, 2 }
        let variant = unheard with { MaxStalls = maxStalls }
        select KeyValuePair.Create((variant, children), Shape(variant, new string?[children]))).ToDictionary();
    private readonly Dictionary<long, Member> _tallies = [];
    private readonly Lock _lock = new();
    private readonly FlowProducer _flows;
    private IDisposable? _subscription;
    private Variant _variant;
    private long _keys;

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

    /// <summary>What families are like from here on.</summary>
    public void Choose(Variant variant)
    {
        _variant = variant;
        Listen(variant.IsHeard);
    }

    public Family Add(int children)
    {
        long parent = Commit(children);
        ReadOnlySpan<long> ids = Engine.Ending.Children(SlotOf(parent));
        return new Family(parent, ids[0], ids.Length > 1 ? ids[1] : 0);
    }

    public long Commit(int children)
    {
        if (!_variant.IsKeyed)
        {
            return _flows.Start(s_shapes[(_variant with { IsHeard = false }, children)]).Id.ToInt64();
        }

        string[] keys = new string[children];
        for (int child = 0; child < children; child++)
        {
            keys[child] = $"{Interlocked.Increment(ref _keys)}";
        }

        return _flows.Start(Shape(_variant, keys)).Id.ToInt64();
    }

    public string KeyOf(long id) => Table.Keyed.Find(id)!.Key;

    /// <summary>A parent whose one leaf has that key.</summary>
    public FlowResult Attach(string key) => _flows.Add(Shape(_variant, key));

    public JobHandle Handle(long id) => new(Store, new JobId(id));

    private void Listen(bool wanted)
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
                CountTicket(item);
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
            if (CountTicket(item))
            {
                int priority = Table.Record(SlotOf(item.Ticket)).Priority;
                Assert.True(item.Priority == priority, $"a job of priority {priority} lies at {item.Priority}");
            }
        }
    }

    public Member Look(long id)
    {
        if (id == 0)
        {
            return default;
        }

        ref JobRecord record = ref Table.Record(SlotOf(id));
        Member tally = _tallies.GetValueOrDefault(id);
        if (record.Id != id || State(record.Word) == Free)
        {
            return tally;
        }

        JobState state = Visible(record.Word);
        return tally with { State = state, OpenEdges = record.Pending, Priority = state == JobState.None ? 0 : record.Priority };
    }

    /// <summary>Removes what is left of a family; nothing of it runs any more.</summary>
    public void Remove(Family family)
    {
        Remove(family.Parent);
        Remove(family.First);
        Remove(family.Second);
    }

    public void Remove(long id)
    {
        ref JobRecord record = ref Table.Record(SlotOf(id));
        if (id != 0 && record.Id == id && Visible(record.Word) != JobState.None)
        {
            Engine.Operations.Remove(id, keepChildren: false);
        }
    }

    public bool IsActive(long id) => IsIn(id, Active);

    public bool IsDelayed(long id) => IsIn(id, Delayed);

    /// <summary>Between batches: every slot and every block has come back.</summary>
    public void CheckEmpty()
    {
        TakeTickets();
        int used = Table.SlotLimit - JobTable.FirstUsableSlot;
        Assert.True(Table.CountFreeSlots() == used, $"{used - Table.CountFreeSlots()} of {used} slots have not come back");
        Assert.True(Table.Flows.PublishedCount == 0, $"{Table.Flows.PublishedCount} blocks have not come back");
        Assert.True(Table.Keyed.Count == 0, $"{Table.Keyed.Count} keys have not come back");
        _tallies.Clear();
    }

    public void CheckIntegrity() => IntegrityChecker.Check(Store);

    /// <summary>The hands have let go: every run has come back too.</summary>
    public void Dispose()
    {
        Assert.Equal(Engine.Dispatcher.Runs.Rented, Engine.Dispatcher.Runs.Returned);
        Store.Dispose();
    }

    /// <summary>A parent and a child for each key, which may be none.</summary>
    private static FlowJob Shape(Variant variant, params string?[] keys)
    {
        Retention? retention = variant.IsKept ? null : Retention.RemoveAtOnce;
        JobOptions Options(string? key) => new()
        {
            FailParentOnChildFailure = variant.Policy,
            MaxStalls = variant.MaxStalls,
            RemoveOnComplete = retention,
            RemoveOnFail = retention,
            Deduplication = key is null ? null : Deduplication.ByKey(key),
        };
        return new FlowJob("parent", "races")
        {
            Options = Options(null),
            Children = [.. keys.Select(key => new FlowJob("child", "races") { Options = Options(key) })],
        };
    }

    private bool IsIn(long id, long state) => id != 0 && Table.Record(SlotOf(id)) is var record && record.Id == id && State(record.Word) == state;

    /// <summary>Whether it is the ticket of a job that waits.</summary>
    private bool CountTicket(ReadyTicket item)
    {
        ref JobRecord record = ref Table.Record(SlotOf(item.Ticket));
        long id = Atomic.Read(ref record.Id);
        bool stands = Stands(Atomic.Read(ref record.Word), item.Ticket, Waiting);
        if (stands)
        {
            Count(id, tickets: 1, ends: 0, removals: 0);
        }

        return stands;
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
            tally = tally with { Tickets = tally.Tickets + tickets, Ends = tally.Ends + ends, Removals = tally.Removals + removals };
        }
    }
}
