using System.Runtime.CompilerServices;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Tests.Admission;

/// <summary>A store with as many jobs as it can hold, all but its last slots skipped.</summary>
public class FullTableTests
{
    private const int Slots = Stripe.BatchSize;

    public static TheoryData<string> Ways => ["Add", "with a custom id", "with a key", "TryAdd", "AddAsync", "RunAsync", "AddBulk", "a flow", "a schedule"];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Add_WhileTheTableIsFull_IsRefusedAndLeavesNothingTaken(string way)
    {
        using JobStore store = new();
        JobQueue queue = store.GetQueue("q", new JobQueueOptions { Capacity = 2 * Slots });
        SkipToTheLastSlots(store, queue);
        JobHandle[] jobs = [.. Enumerable.Range(0, Slots).Select(_ => queue.Add("job"))];

        Assert.Throws<InsufficientMemoryException>(() => Add(store, queue, way));
        Assert.Throws<InsufficientMemoryException>(() => Add(store, queue, way));
        Assert.Equal((Slots, Slots), (store.GetQueues().Single().RoomTaken, queue.GetJobCounts().Total));
        Assert.Equal(1, store.Engine.Table.Stripes.Producers.Length); // Else the first is rented for ever.

        Assert.True(jobs[0].Remove() && jobs[1].Remove());
        Add(store, queue, way);
        Assert.Equal(queue.GetJobCounts().Total, store.GetQueues().Single().RoomTaken);
    }

    [Fact]
    public void AddBulk_WithTooFewSlotsLeft_GivesBackThoseItHas()
    {
        using JobStore store = new();
        JobQueue queue = store.GetQueue("q");
        SkipToTheLastSlots(store, queue);
        JobRequest<int>[] jobs = [.. Enumerable.Range(0, Slots).Select(static number => new JobRequest<int>("job", number) { Delay = TimeSpan.FromHours(number) })];

        Assert.Throws<InsufficientMemoryException>(() => queue.AddBulk([.. jobs, jobs[0]]));
        Assert.Equal(0, queue.GetJobCounts().Total);
        Assert.Equal(Slots, queue.AddBulk(jobs).Length);
    }

    private static void SkipToTheLastSlots(JobStore store, JobQueue queue)
    {
        queue.Add("first").Remove();
        Carved(store.Engine.Table) = StateWord.MaxSlots;
    }

    private static void Add(JobStore store, JobQueue queue, string way)
    {
        switch (way)
        {
            case "Add":
                queue.Add("job", 1);
                break;
            case "with a custom id":
                queue.Add("job", new JobOptions { CustomId = "mine" });
                break;
            case "with a key":
                queue.Add("job", new JobOptions { Deduplication = Deduplication.ByKey("key") });
                break;
            case "TryAdd":
                queue.TryAdd(new JobRequest<int>("job", 1), out _);
                break;
            case "AddAsync":
                _ = queue.AddAsync("job", 1);
                break;
            case "RunAsync":
                _ = queue.RunAsync<int, int>("job", 1);
                break;
            case "AddBulk":
                queue.AddBulk([new JobRequest<int>("job", 1), new JobRequest<int>("job", 2)]);
                break;
            case "a flow":
                new FlowProducer(store).Start(new FlowJob("parent", "q") { Children = [new FlowJob("child", "q")] });
                break;
            case "a schedule":
                queue.AddSchedule("s", new RepeatOptions { Every = TimeSpan.FromHours(1) }, "job", 1);
                break;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_carved")]
    private static extern ref int Carved(JobTable table);
}
