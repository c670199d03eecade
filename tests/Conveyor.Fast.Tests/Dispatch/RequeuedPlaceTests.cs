using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

/// <summary>Where a job stands that comes back to a line in which others wait.</summary>
public class RequeuedPlaceTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [Trait("Behaviour", "PRI-15")]
    public async Task Requeued_OfOnePriority_JoinTheLineOrTheFrontByWhatBroughtThem(int priority)
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        JobOptions plain = new() { Priority = priority };
        HeldHandler held = new();
        Worker closed = test.Work("q", held, concurrency: 4);
        JobHandle finished = queue.Add("by-hand", plain);
        queue.Add("later", new JobOptions { Priority = priority, Attempts = 2, Backoff = Backoff.Fixed(TimeSpan.FromSeconds(1)) });
        queue.Add("first-to-stall", plain);
        test.Pump();
        HeldRun byHand = held.Next();
        held.Next().Throw(new InvalidOperationException("later"));
        held.Next();
        test.Pump();

        // The place that is free again is the first, so that the order of the places is not that of the starts.
        test.Time.Advance(TimeSpan.FromMilliseconds(1));
        byHand.Throw(new InvalidOperationException("bad"));
        queue.Add("second-to-stall", plain);
        test.Pump();
        held.Next();
        closed.Pause();
        JobHandle changed = queue.Add("changed", new JobOptions { Priority = priority + 1 });
        JobHandle parent = test.Flows.Add(new FlowJob("parent", "q") { Options = plain, Children = [new FlowJob("child", "children")] }).Job;
        queue.Add("retries", new JobOptions { Priority = priority, Attempts = 2 });
        queue.Add("hands-back", plain);
        queue.Add("old", plain);
        changed.ChangePriority(priority);
        finished.Retry();

        await test.StallAsync(closed);
        test.Work("children");
        test.Pump(); // The parent is released and the delayed job falls due: its second was the close's.
        Assert.Equal(JobState.Waiting, parent.State);
        queue.Add("lifo", new JobOptions { Priority = priority, Lifo = true });
        test.Ran.Clear();
        test.Work("q", job => test.Ran.Count(name => name == job.Name) == 1 ? job.Name switch
        {
            "retries" => throw new InvalidOperationException("again"),
            "hands-back" => HandBack(job),
            _ => null,
        } : null);
        test.Pump();

        Assert.Equal(
            [
                "lifo", "parent", "first-to-stall", "second-to-stall", "retries", "hands-back", "hands-back",
                "old", "changed", "by-hand", "later", "retries",
            ],
            test.Ran);
    }

    private static object? HandBack(Job job)
    {
        job.MoveToWaiting();
        return null;
    }
}
