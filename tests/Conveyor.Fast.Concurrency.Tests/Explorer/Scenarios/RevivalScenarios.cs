namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>New lives, what is left of the old ones, and what comes between the two.</summary>
internal static class RevivalScenarios
{
    public static readonly Scenario[] All =
    [
        new("a job is canceled again, for the same reason, as it is retried by hand", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add();
            job.Cancel();
            play.Thread("operator", () => job.Retry());
            play.Thread("canceller", () => job.Cancel());
            play.Afterwards(() =>
            {
                JobInfo info = job.GetInfo();
                Assert.True(info.State == JobState.Waiting || (info.Reason, info.CanceledAt) == ("canceled", info.CreatedAt), $"the job was canceled at {info.CanceledAt}, '{info.Reason}'");
            });
        }),

        new("a job is canceled as it is retried over its queue's bound", static play =>
        {
            Stage stage = new(play);
            JobQueue bounded = stage.Store.GetQueue("bounded", new JobQueueOptions { Capacity = 1 });
            JobHandle job = bounded.Add("job");
            job.Cancel();
            bounded.Add("other");
            bool added = false;
            play.Thread("operator", () => job.Retry());
            play.Thread("canceller", () => added = job.Cancel() && bounded.TryAdd(new JobRequest<int>("more", 0), out _));
            play.Afterwards(() => Assert.True(!added, "a job was added to a full queue"));
        }),

        new("a parent is retried by hand once a late child is seen failed", static play =>
        {
            Stage stage = new(play);
            JobHandle[] jobs = stage.AddFamily(3);
            Hand[] hands = [stage.Hand(), stage.Hand(), stage.Hand()];
            Assert.All(hands, static hand => Assert.True(hand.TryTake()));
            hands[0].Fail();
            bool isRetried = false;
            play.Thread("late child", hands[1].Fail);
            play.Thread("operator", () =>
            {
                if (jobs[2].State == JobState.Failed)
                {
                    jobs[0].Retry();
                    isRetried = true;
                }
            });
            play.Afterwards(() => Assert.True(!isRetried || jobs[0].State == JobState.WaitingChildren, "the new life ended by a failure of before"));
        }),

        new("a value is read as its job goes and its box serves another one", static play =>
        {
            Stage stage = new(play);
            Hand hand = stage.Hand(sharesStripes: true);
            JobHandle job = stage.Add();
            Assert.True(hand.TryTake());
            hand.Complete((1L, 1L));
            (long, long)? value = null;
            play.Thread("reader", () =>
            {
                ValueTask<(long, long)> told = job.WaitUntilFinishedAsync<(long, long)>(TimeSpan.Zero);
                value = told.IsCompletedSuccessfully ? told.Result : null;
            });
            play.Thread("operator", () =>
            {
                job.Remove();
                stage.Add();
                Assert.True(hand.TryTake());
                hand.Complete((2L, 2L));
            });
            play.Afterwards(() => Assert.True(value is null or (1L, 1L), $"the value is {value}"));
        }),
    ];
}
