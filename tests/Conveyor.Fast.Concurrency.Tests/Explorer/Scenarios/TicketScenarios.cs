using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>Words, tickets, generations and run numbers.</summary>
internal static class TicketScenarios
{
    private static readonly JobOptions s_gone = new() { RemoveOnComplete = Retention.RemoveAtOnce, RemoveOnFail = Retention.RemoveAtOnce };
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    public static readonly Scenario[] All =
    [
        Scenario.Short("one ticket, two takers", static play =>
        {
            Stage stage = new(play);
            long ticket = stage.Add().Id.ToInt64();
            List<Hand> started = [];
            for (int taker = 0; taker < 2; taker++)
            {
                Hand hand = stage.Hand();
                play.Thread("taker" + taker, () =>
                {
                    if (hand.TryStart(ticket))
                    {
                        started.Add(hand);
                    }
                });
            }

            play.Afterwards(() => Assert.True(started.Count == 1, $"{started.Count} takers started one ticket"));
        }),

        new("a canceled and retried job's old ticket", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add();
            Hand hand = stage.Hand();
            play.Thread("operator", () =>
            {
                if (job.Cancel() && job.State == JobState.Canceled)
                {
                    job.Retry();
                }
            });
            play.Thread("taker", () =>
            {
                hand.TakeAndComplete();
                hand.TakeAndComplete();
            });
        }),

        ByStaleId("cancel by a stale id", static job => job.Cancel()),
        ByStaleId("remove by a stale id", static job => job.Remove()),
        ByStaleId("change of priority by a stale id", static job => job.ChangePriority(3)),
        ByStaleId("promotion by a stale id", static job => job.Promote(), isDelayed: true, isShort: true),
        ByStaleId("change of delay by a stale id", static job => job.ChangeDelay(s_day), isDelayed: true, isShort: true),
        ByStaleId("retry by a stale id", static job => job.Retry(includeCompleted: true), isRun: true),

        new("cancel of a run whose slot runs the next job", static play =>
        {
            (Stage stage, Hand hand, JobHandle old) = Active(play);
            Hand next = stage.Hand();
            JobHandle reused = default;
            play.Thread("canceller", () => old.Cancel());
            play.Thread("owner", () =>
            {
                hand.Complete();
                reused = stage.Queue.Add("reused");
                Assert.True(next.TryTake());
            });
            play.Afterwards(() => Assert.False(StateWord.Has(stage.WordOf(reused), StateWord.CancelRequested), "the slot's next job is asked to cancel"));
        }),

        new("a copy of a job whose slot is used again", static play =>
        {
            (Stage stage, Hand hand, JobHandle old) = Active(play);
            string? name = null;
            play.Thread("reader", () => name = old.TryGetInfo(out JobInfo? info) ? info.Name : null);
            play.Thread("owner", () =>
            {
                hand.Complete();
                stage.Queue.Add("reused");
            });
            play.Afterwards(() => Assert.True(name is null or "job", $"the job's copy is named {name}"));
        }),

        ByStaleJob("id", static (job, old) => job.Id == old.Id),
        ByStaleJob("name", static (job, _) => job.Name == "job"),
        ByStaleJob("payload", static (job, _) => job.GetData<string>() is null),

        new("the id of a job that is removed as its run ends, then its slot again", static play =>
        {
            Stage stage = new(play);
            JobHandle old = stage.Add();
            Hand hand = stage.Hand();
            Assert.True(hand.TryTake());
            Job job = new(hand.Run, hand.Number);
            bool isOwn = true;
            play.Thread("stray", () =>
            {
                try
                {
                    isOwn = job.Id == old.Id;
                }
                catch (InvalidOperationException)
                {
                    // It is not valid any more.
                }
            });
            play.Thread("owner", hand.Complete);
            play.Thread("remover", () =>
            {
                if (old.State == JobState.Completed)
                {
                    old.Remove();
                    stage.Add();
                }
            });
            play.Afterwards(() => Assert.True(isOwn, "the id is the next job's"));
        }),

        new("cancel | remove of one job, then its slot again", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Queue.Add("job");
            play.Thread("canceller", () => job.Cancel("reason"));
            play.Thread("remover", () =>
            {
                job.Remove();
                stage.Add();
            });
        }),

        new("two adds", static play =>
        {
            Stage stage = new(play);
            JobHandle[] jobs = new JobHandle[2];
            play.Thread("a", () => jobs[0] = stage.Queue.Add("a"));
            play.Thread("b", () => jobs[1] = stage.Queue.Add("b"));
            play.Afterwards(() =>
            {
                Assert.True(jobs[0].Id != jobs[1].Id, "two jobs have one id");
                stage.Watch(jobs[0]);
                stage.Watch(jobs[1]);
            });
        }),

        Scenario.Short("batches of free slots change hands", static play =>
        {
            Stage stage = new(play);
            int[] batches = [stage.Table.TakeBatch(), stage.Table.TakeBatch(), stage.Table.TakeBatch()];
            foreach (int batch in batches)
            {
                stage.Table.GiveBatch(batch);
            }

            List<int> taken = [];
            play.Thread("a", () => taken.Add(stage.Table.TakeBatch()));
            play.Thread("b", () =>
            {
                int first = stage.Table.TakeBatch();
                taken.Add(stage.Table.TakeBatch());
                stage.Table.GiveBatch(first);
            });
            play.Afterwards(() =>
            {
                taken.Add(stage.Table.TakeBatch());
                Assert.True(taken.Distinct().Count() == 3, "one batch was taken twice");
                taken.ForEach(stage.Table.GiveBatch);
            });
        }),
    ];

    /// <summary>A running job whose slot is free as soon as it ends.</summary>
    private static (Stage Stage, Hand Hand, JobHandle Job) Active(Play play)
    {
        Stage stage = new(play);
        JobHandle job = stage.Add(s_gone);
        Hand hand = stage.Hand(sharesStripes: true);
        Assert.True(hand.TryTake());
        return (stage, hand, job);
    }

    /// <summary>By hand, by the id of a job that ends: its slot's next job is let alone.</summary>
    private static Scenario ByStaleId(string name, Action<JobHandle> byHand, bool isDelayed = false, bool isRun = false, bool isShort = false) => new(name, play =>
    {
        (Stage stage, Hand hand, JobHandle old) = Active(play);
        JobHandle reused = default;
        play.Thread("operator", () =>
        {
            try
            {
                byHand(old);
            }
            catch (ConveyorException)
            {
                // It runs, or is gone.
            }
        });
        play.Thread("owner", () =>
        {
            hand.Complete();
            reused = isDelayed ? stage.Queue.AddDelayed("reused", 0, s_day) : stage.Queue.Add("reused");
            if (isRun)
            {
                hand.TakeAndComplete();
                hand.TakeAndComplete(); // The first one may be the old job's, if it was retried in time.
            }
        });
        play.Afterwards(() =>
        {
            long steps = (stage.WordOf(reused) >> StateWord.StepShift) - (reused.Id.ToInt64() >> StateWord.StepShift);
            Assert.True(steps == (isRun ? 2 : 0), $"the slot's next job is {reused.State} after {steps} steps");
        });
    }, isShort);

    /// <summary>A thread that a handler left behind reads its job while the run ends and the slot is used again: the job, or an exception.</summary>
    private static Scenario ByStaleJob(string what, Func<Job, JobHandle, bool> isRight) => Scenario.Short($"the {what} of a job whose run ends, then its slot again", play =>
    {
        (Stage stage, Hand hand, JobHandle old) = Active(play);
        Job job = new(hand.Run, hand.Number);
        bool isOwn = true;
        play.Thread("stray", () =>
        {
            try
            {
                isOwn = isRight(job, old);
            }
            catch (InvalidOperationException)
            {
                // It is not valid any more.
            }
        });
        play.Thread("owner", () =>
        {
            hand.Complete();
            stage.Queue.Add("reused", "payload");
        });
        play.Afterwards(() => Assert.True(isOwn, $"the {what} is the next job's"));
    });
}
