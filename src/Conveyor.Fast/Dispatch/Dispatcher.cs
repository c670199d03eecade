using Conveyor.Fast.Execution;
using Conveyor.Fast.Flows;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <summary>Puts tickets where they belong: ready jobs into their queue, delayed ones under the clock.</summary>
internal sealed class Dispatcher
{
    private readonly PublishedList<ReadyQueue> _queues = new();

    public Dispatcher(JobStore store, JobTable table, Ending ending, Settlement settlement)
    {
        Table = table;
        Ending = ending;
        Settlement = settlement;
        Attempts = new Attempt(table, settlement, ending);
        Runs = new JobRunPool(store, table);
        Idle = new IdleWatch(table);
        Alarm = new Alarm(table.Clock) { Report = fault => ending.Announcements.Hub.ReportError(fault, "The store's clock") };
        Delays = new DelayQueue(table, this);
        Alarm.Add(Delays);
        Reclaimer = new Reclaimer(this);
        Deadlines = new DeadlineWatch(this);
        Alarm.Add(Deadlines);
        Alarm.Add(new ExpiryWatch(table, ending));
    }

    public JobTable Table { get; }

    public Ending Ending { get; }

    public Settlement Settlement { get; }

    public Attempt Attempts { get; }

    public JobRunPool Runs { get; }

    public Alarm Alarm { get; }

    public DeadlineWatch Deadlines { get; }

    public Reclaimer Reclaimer { get; }

    public DelayQueue Delays { get; }

    public IdleWatch Idle { get; }

    /// <summary>By queue number.</summary>
    public PublishedList<ReadyQueue> Queues => _queues;

    /// <summary>Makes a waiting job takeable. A ticket that has died meanwhile is skipped by its taker, wherever it lies.</summary>
    public void Ready(long ticket, bool toFront)
    {
        ref JobRecord record = ref Table.Record(StateWord.SlotOf(ticket));

        // HB-13 acquire: the step that made the ticket came before this read of the priority.
        Queues[record.Queue].Writer.TryWrite(new ReadyTicket(ticket, record.Priority, toFront));
    }

    /// <summary>A parent whose last child has settled: it goes to the front, flows that are under way finish first; or under the clock.</summary>
    public void Promoted(long ticket, long word)
    {
        if (ticket == 0)
        {
            return;
        }

        if (StateWord.State(word) == StateWord.Delayed)
        {
            Delays.Arm(ticket);
        }
        else
        {
            Ready(ticket, toFront: true);
        }
    }

    /// <summary>The same where nothing has ended: a guard that was dropped was the last thing that the parent waited for.</summary>
    public void AnnounceAndPromote(Stripe stripe, long ticket, long word)
    {
        Ending.AddReady(stripe, ticket, word);
        Ending.Notify(stripe);
        Promoted(ticket, word);
    }
}
