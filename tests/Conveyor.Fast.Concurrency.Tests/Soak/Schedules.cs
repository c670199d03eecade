namespace Conveyor.Fast.Concurrency.Tests.Soak;

/// <summary>One schedule a queue, which people change, remove and add again.</summary>
internal sealed class Schedules(JobStore store, FaultList faults)
{
    private const string Id = "beat";

    public JobHandle Change(Random random)
    {
        ForestMaker forests = new(faults, random);
        JobQueue queue = store.GetQueue(forests.NextQueue());
        if (random.Next(4) == 0)
        {
            queue.RemoveSchedule(Id);
            return default;
        }

        bool isCron = random.Next(4) == 0;
        RepeatOptions repeat = new()
        {
            Every = isCron ? null : TimeSpan.FromMilliseconds(random.Next(1, 20)),
            Cron = isCron ? "* * * * * *" : null,
            Limit = random.Next(4) == 0 ? random.Next(1, 50) : null,
        };
        return queue.AddSchedule(Id, repeat, Id, forests.NextPayload(), forests.NextOptions()).Job;
    }

    public void End()
    {
        foreach (string queue in ForestMaker.Queues)
        {
            store.GetQueue(queue).RemoveSchedule(Id);
            if (store.GetQueue(queue).GetSchedules().Count != 0)
            {
                faults.Add($"the schedule of queue {queue} goes on after its removal");
            }
        }
    }
}
