using Conveyor.Fast.Admission;
using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>
/// A store for one execution and what every scenario asks of it: when its threads have ended, whatever is ready is run to
/// its end; then no job may be left, nothing may have run twice, and all books must add up.
/// </summary>
internal sealed class Stage
{
    public const string QueueName = "q";
    private const int MostStarts = 100;
    private readonly List<Hand> _hands = [];
    private readonly List<JobHandle> _jobs = [];
    private readonly List<Stripe> _stripes = [];

    public Stage(Play play, RetentionOptions? retention = null)
    {
        Store = new JobStore(new JobStoreOptions { TimeProvider = Time, RandomSeed = 1, Retention = retention ?? new RetentionOptions(), LoggerFactory = NullLoggerFactory.Instance });
        Engine = Store.Engine;
        Flows = new FlowProducer(Store);
        Queue = Store.GetQueue(QueueName);
        play.AtLast(Settle);
    }

    public SteppedTime Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public JobStore Store { get; }

    public FlowProducer Flows { get; }

    public JobQueue Queue { get; }

    public Engine Engine { get; }

    public JobTable Table => Engine.Table;

    public Dispatcher Dispatcher => Engine.Dispatcher;

    public ReadyQueue Ready => Engine.Queues.Use(QueueName).Ready;

    /// <summary>Tickets of all starts.</summary>
    public List<long> Starts { get; } = [];

    public Hand Hand(bool sharesStripes = false)
    {
        Hand hand = new(this, sharesStripes);
        _hands.Add(hand);
        return hand;
    }

    /// <summary>A stripe for a thread that drives a stage's own parts.</summary>
    public Stripe RentStripe()
    {
        Stripe stripe = Table.Stripes.RentLoop();
        _stripes.Add(stripe);
        return stripe;
    }

    /// <summary>A job that must come to an end.</summary>
    public JobHandle Watch(JobHandle job)
    {
        _jobs.Add(job);
        return job;
    }

    public JobHandle Add(JobOptions? options = null) => Watch(Queue.Add("job", options));

    /// <summary>A parent and its children; the parent first.</summary>
    public JobHandle[] AddFamily(int children, JobOptions? parent = null, JobOptions? child = null) => AddFamily(parent, [.. Enumerable.Repeat(child, children)]);

    public JobHandle[] AddFamily(JobOptions? parent, JobOptions?[] children)
    {
        FlowJob flow = new("parent", QueueName) { Options = parent, Children = [.. children.Select(static (child, number) => new FlowJob("child" + number, QueueName) { Options = child })] };
        FlowResult added = Flows.Add(flow);
        return [Watch(added.Job), .. added.Children.Select(node => Watch(node.Job))];
    }

    public static int SlotOf(JobHandle job) => StateWord.SlotOf(job.Id.ToInt64());

    public long WordOf(JobHandle job) => Table.Record(SlotOf(job)).Word;

    public int PendingOf(JobHandle job) => Table.Record(SlotOf(job)).Pending;

    private void Settle()
    {
        foreach (Hand hand in _hands)
        {
            hand.CompleteIfBusy();
        }

        Hand last = new(this);
        do
        {
            while (last.TryTake())
            {
                Assert.True(Starts.Count < MostStarts, "jobs start without end");
                last.Complete();
            }

            Time.Advance(TimeSpan.FromHours(1));
            Dispatcher.Alarm.Ring();
        }
        while (!Ready.Ready.IsEmpty);

        last.Rest();
        _hands.ForEach(static hand => hand.Rest());
        _stripes.ForEach(Rest);
        Assert.True(Starts.Count == Starts.Distinct().Count(), "a ticket was started twice");
        foreach (JobHandle job in _jobs)
        {
            Assert.True(job.IsFinished, $"a job is left {job.State} with {PendingOf(job)} open edges");
        }

        if (Store.EngineOrNull is not null) // A closed store has let go of its jobs.
        {
            IntegrityChecker.Check(Store);
        }
    }

    /// <summary>Files what a loop's stripe kept back, as a loop does before it parks.</summary>
    public void Rest(Stripe stripe)
    {
        stripe.FileEnds();
        Dispatcher.Ending.EvictReleased(stripe);
        Dispatcher.Ending.Notify(stripe);
        Table.Stripes.ReturnLoop(stripe);
    }
}
