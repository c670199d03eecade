namespace Conveyor.Fast.Concurrency.Tests.Fuzz;

/// <content>When jobs run, how often, and how they stop: their options, schedules, waits and ends.</content>
internal sealed partial class ApiProgram
{
    private static readonly string?[] s_keys = [null, null, null, "k", "l"];
    private static readonly string[] s_schedules = ["s", "t", ""];
    private static readonly string?[] s_crons = [null, null, "* * * * *", "*/2 * * * * *", "0 0 29 2 *", "0 0 31 2 *", "nonsense"];
    private static readonly string?[] s_zones = [null, "UTC", "Europe/Berlin", "Nowhere/City"];
    private static readonly TimeSpan s_lastMoment = TimeSpan.FromSeconds(2); // Longer than a close by force gives.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private readonly List<Task> _waits = [];

    private JobOptions? NextOptions() => _bytes.Next(3) == 0 ? null : new JobOptions
    {
        Attempts = _bytes.Next(5) is var attempts && attempts == 4 ? null : attempts,
        Backoff = NextBackoff(),
        Delay = _bytes.Next(4) == 0 ? NextDelay() : null,
        Timeout = _bytes.Next(4) == 0 ? NextDelay() : null,
        MaxStalls = _bytes.Next(3) == 0 ? (sbyte)_bytes.Next() : null,
        Priority = _bytes.NextBool() ? (sbyte)_bytes.Next() : null,
        Lifo = _bytes.NextBool(),
        CustomId = _bytes.Pick(s_customIds),
        Deduplication = _bytes.Pick(s_keys) is { } key ? Deduplication.ByKey(key) : null,
        FailParentOnChildFailure = (ChildFailurePolicy)_bytes.Next(4),
        RemoveOnComplete = _bytes.Pick(s_retentions),
        RemoveOnFail = _bytes.Pick(s_retentions),
    };

    private Backoff? NextBackoff() => _bytes.Next(6) switch
    {
        0 => Backoff.Fixed(NextDelay()),
        1 => Backoff.Exponential(NextDelay(), _bytes.Next(5) / 3.0),
        2 => Backoff.Custom(AnswerAsync),
        _ => null,
    };

    /// <summary>Up to two and a half seconds; some that are no delays at all.</summary>
    private TimeSpan NextDelay() => _bytes.Next(8) switch
    {
        0 => TimeSpan.Zero,
        1 => TimeSpan.FromMilliseconds((sbyte)_bytes.Next()),
        2 when _bytes.Next(8) == 0 => Timeout.InfiniteTimeSpan,
        3 when _bytes.Next(8) == 0 => TimeSpan.MaxValue,
        _ => TimeSpan.FromMilliseconds(_bytes.Next() * 10),
    };

    private void ChangeDelay(JobHandle job)
    {
        if (_bytes.NextBool())
        {
            job.Promote();
        }
        else
        {
            job.ChangeDelay(NextDelay());
        }
    }

    private void ChangeSchedule(JobQueue queue)
    {
        string id = _bytes.Pick(s_schedules);
        switch (_bytes.Next(4))
        {
            case 0:
                queue.RemoveSchedule(id);
                break;
            case 1:
                _ = queue.TryGetSchedule(id, out JobSchedule? found);
                Assert.True(found is null || (found.Id == id && found.QueueName == queue.Name));
                break;
            default:
                Keep(queue.AddSchedule(id, NextRepeat(), "scheduled", _bytes.Next(), NextOptions()).Job);
                break;
        }
    }

    private RepeatOptions NextRepeat() => new()
    {
        Every = _bytes.Next(3) == 0 ? null : NextDelay(),
        Cron = _bytes.Pick(s_crons),
        TimeZone = _bytes.Next(4) == 0 ? _bytes.Pick(s_zones) : null,
        Start = _bytes.Next(4) == 0 ? NextDate() : null,
        End = _bytes.Next(4) == 0 ? NextDate() : null,
        Limit = _bytes.Next(3) == 0 ? (sbyte)_bytes.Next() : null,
        Immediately = _bytes.NextBool(),
    };

    private DateTimeOffset NextDate() => _time.GetUtcNow() + TimeSpan.FromMilliseconds((sbyte)_bytes.Next() * 20);

    private void Wait(ValueTask<int> wait) => _waits.Add(wait.AsTask().ContinueWith(static _ => { }, TaskScheduler.Default));

    private static void CloseQueue(JobQueue queue)
    {
        queue.Close();
        queue.Close();
        Assert.Throws<ObjectDisposedException>(() => queue.Add("job"));
    }

    private void RemoveSchedules()
    {
        foreach (JobQueue queue in s_queues.Select(_store.GetQueue))
        {
            foreach (JobSchedule schedule in queue.GetSchedules())
            {
                Assert.True(queue.RemoveSchedule(schedule.Id));
            }
        }
    }

    /// <summary>The store is gone: nobody waits for ever, and nothing can be asked of it.</summary>
    private void EndDisposed()
    {
        LetPass(s_lastMoment);
        LetGo();
        AwaitAllWaits();
        Assert.Throws<ObjectDisposedException>(() => _store.GetQueue("a"));
        Assert.Throws<ObjectDisposedException>(() => _store.Pump());
    }

    private void AwaitAllWaits() => Assert.True(Task.WaitAll([.. _waits], s_limit), "a wait for a job goes on although nothing else does");
}
