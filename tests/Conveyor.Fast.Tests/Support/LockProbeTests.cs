using Conveyor.Fast.Admission;
using Conveyor.Fast.Telemetry;

namespace Conveyor.Fast.Tests.Support;

/// <summary>The probe can find fault.</summary>
public class LockProbeTests
{
    [Fact]
    public void HeldBy_WhileALockIsHeld_NamesIt()
    {
        using PumpedStore test = new();
        test.Work("q");
        test.Queue("q").Add("job");
        test.Pump();
        Engine engine = test.Store.Engine;

        Assert.Empty(LockProbe.HeldBy(test.Store));
        Assert.All(LockProbe.Locks(test.Store).ToArray(), found =>
        {
            lock (found.Lock)
            {
                Assert.Equal([found.Where], LockProbe.HeldBy(test.Store));
            }
        });
        lock (engine.Table.Structure)
        {
            Assert.NotEmpty(LockProbe.HeldBy(test.Store));
        }
    }

    /// <summary>Every class of the library that has a lock is walked to.</summary>
    [Fact]
    public void Locks_OfAStoreInUse_AreThoseOfAllClassesThatHaveOne()
    {
        using PumpedStore test = new();
        using IDisposable subscription = test.Store.Events.Subscribe(static _ => { });
        test.Store.GetQueue("bounded", new JobQueueOptions { Capacity = 5 }).Add("job");
        test.Work("q");
        test.Queue("q").Add(new JobRequest<int>("job", 1) { Priority = 50 });
        test.Queue("q").Add("lifo", new JobOptions { Lifo = true });
        test.Queue("q").Add("keyed", new JobOptions { Deduplication = Deduplication.ByKey("k") });
        test.Queue("q").Add(new JobRequest<decimal>("job", 1));
        _ = new Worker(test.Store, "failing", static _ => throw new InvalidOperationException(), new WorkerOptions { Mode = WorkerMode.Pumped });
        test.Queue("failing").Add("retried", new JobOptions { Attempts = 2 });
        test.Pump();
        test.Queue("q").AddSchedule("s", new RepeatOptions { Every = TimeSpan.FromDays(1) }, "job", 1);

        IEnumerable<string> walked = LockProbe.Locks(test.Store).Select(static found => found.Where[..found.Where.IndexOf('.', StringComparison.Ordinal)]).Distinct();
        IEnumerable<string> all = typeof(JobStore).Assembly.GetTypes()
            .Where(static type => type.GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.DeclaredOnly).Any(static field => field.FieldType == typeof(Lock)))
            .Select(static type => type.Name);

        // A row of announcements goes by its shard's lock, and a step of one is there only until it has been told.
        Assert.Empty(all.Except(walked).Except([nameof(AnnouncementRow), nameof(AnnouncedStep)]));
    }
}
