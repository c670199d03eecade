using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>Loops that write their runs' deadlines down, and the watch that looks at them when the clock comes to one.</summary>
internal static class DeadlineScenarios
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_toReturn = new WorkerOptions().AbandonAfter;
    private static readonly JobOptions s_limited = new() { Timeout = s_limit };
    private static readonly JobOptions s_limitedAndRetried = new() { Timeout = s_limit, Attempts = 2 };

    public static readonly Scenario[] All =
    [
        new("a run's deadline is written while the watch looks", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add(s_limited);
            Signal looked = new();
            PlayedWorker played = new(stage, others: 1, handler: () =>
            {
                looked.Await();
                stage.Time.Advance(3 * s_limit); // A timer is late by what the time goes on just before it is set.
            });
            stage.Dispatcher.Deadlines.LookAt(s_limit.Ticks); // Left behind by a run that has ended in time.
            played.PlayLoops(play);
            play.Thread("clock", () =>
            {
                stage.Time.Advance(s_limit);
                looked.Give();
                played.End();
            });
            play.Afterwards(() => Assert.True(job.State == JobState.Failed, $"its time is long over, nobody has looked, and it is {job.State}"));
        }),

        new("a run ends while the watch looks, and its loop goes on to the next", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add(s_limited);
            JobHandle next = stage.Add(new JobOptions { Timeout = TimeSpan.FromHours(1) });
            Signal begun = new();
            Signal looked = new();
            int runs = 0;
            PlayedWorker played = new(stage, others: 1, handler: () =>
            {
                begun.Give();
                if (++runs == 1)
                {
                    AwaitLook(stage);
                }
                else
                {
                    looked.Await();
                }
            });
            played.PlayLoops(play);
            play.Thread("clock", () =>
            {
                begun.Await();
                stage.Time.Advance(s_limit);
                looked.Give();
                played.End();
            });
            play.Afterwards(() =>
            {
                Assert.True(next.State == JobState.Completed, $"it had an hour, and is {next.State}");
                Assert.True(job.State == JobState.Completed || job.GetInfo().Error is JobTimeoutException, $"it is {job.State}");
            });
        }),

        new("an overdue run is abandoned while its handler returns", static play =>
        {
            Stage stage = new(play);
            JobHandle job = stage.Add(s_limitedAndRetried);
            Signal begun = new();
            Signal overdue = new();
            int runs = 0;
            PlayedWorker played = new(stage, others: 1, handler: () =>
            {
                runs++;
                begun.Give();
                overdue.Await();
            });
            played.PlayLoops(play);
            play.Thread("clock", () =>
            {
                begun.Await();
                stage.Time.Advance(s_limit);
                overdue.Give();
                stage.Time.Advance(s_toReturn);
                played.End();
            });
            play.Afterwards(() => AssertEnded(stage, job, runs));
        }),

        new("a worker is removed while the watch looks", static play =>
        {
            Stage stage = new(play);
            HangingRun one = new(stage);
            HangingRun other = new(stage);
            stage.Time.Advance(s_limit); // Both are overdue by now.
            play.Thread("clock", () => stage.Time.Advance(s_toReturn));
            play.Thread("closer", one.CloseByForce);
            play.Afterwards(() =>
            {
                Assert.True(other.Job.State == JobState.Failed, $"its handler does not return, and it is {other.Job.State}");
                Assert.True(one.Job.State is JobState.Failed or JobState.Waiting, $"its worker is gone, and it is {one.Job.State}");
                one.Return();
                other.Return();
            });
        }),

        Scenario.Short("a worker is made while another one is removed", static play =>
        {
            Stage stage = new(play);
            HangingRun gone = new(stage);
            HangingRun? made = null;
            stage.Time.Advance(s_limit);
            play.Thread("hires", () => made = new HangingRun(stage, "another queue"));
            play.Thread("closer", gone.CloseByForce);
            play.Afterwards(() =>
            {
                stage.Time.Advance(s_limit);
                stage.Time.Advance(s_toReturn);
                Assert.True(made!.Job.State == JobState.Failed, $"its handler does not return, and it is {made.Job.State}");
                made.Return();
                gone.Return();
            });
        }),

        new("a custom backoff is asked while the watch looks, until the time to return is over", static play =>
        {
            Stage stage = new(play);
            Signal begun = new();
            Signal passed = new();
            int runs = 0;
            JobHandle job = stage.Add(new JobOptions
            {
                Timeout = s_limit,
                Attempts = 2,
                Backoff = Backoff.Custom(_ =>
                {
                    passed.Await();
                    return new(TimeSpan.Zero);
                }),
            });
            PlayedWorker played = new(stage, others: 1, handler: () =>
            {
                begun.Give();
                if (++runs == 1)
                {
                    AwaitLook(stage);
                    throw new InvalidOperationException("failed");
                }
            });
            played.PlayLoops(play);
            play.Thread("clock", () =>
            {
                begun.Await();
                stage.Time.Advance(s_limit);
                stage.Time.Advance(s_toReturn);
                passed.Give();
                played.End();
            });
            play.Afterwards(() => AssertEnded(stage, job, runs));
        }),

        Scenario.Short("two deadlines are written at once", static play =>
        {
            Stage stage = new(play);
            stage.Dispatcher.Alarm.UseTimer();
            play.Thread("one", () => stage.Dispatcher.Deadlines.LookAt(9));
            play.Thread("other", () => stage.Dispatcher.Deadlines.LookAt(5));
            play.Afterwards(() =>
            {
                Assert.Equal(5, stage.Dispatcher.Deadlines.NextLook);
                Assert.Equal(5, stage.Time.NextRing);
            });
        }),
    ];

    /// <summary>It was abandoned after its first run and did not run again, or its second run has completed it.</summary>
    private static void AssertEnded(Stage stage, JobHandle job, int runs)
    {
        JobInfo info = job.GetInfo();
        Assert.True(info.AttemptsMade == runs, $"{runs} runs, and {info.AttemptsMade} attempts");
        Assert.True(runs == 2 || info is { State: JobState.Failed, Error: JobTimeoutException }, $"it is {info.State} after {runs} runs, with {info.Error}");
        Assert.False(StateWord.Has(stage.WordOf(job), StateWord.HasStrayRun), "the handler has returned and still pins the slot");
    }

    /// <summary>Until the watch looks at the deadlines of the first runs.</summary>
    private static void AwaitLook(Stage stage) => Until(() => stage.Dispatcher.Deadlines.NextLook != s_limit.Ticks);

    private static void Until(Func<bool> isSo)
    {
        SpinWait spin = default;
        while (!isSo())
        {
            spin.SpinOnce();
        }
    }

    /// <summary>One thread goes on when another one says so.</summary>
    private sealed class Signal
    {
        private int _isGiven;

        public void Give() => Atomic.Exchange(ref _isGiven, 1);

        public void Await() => Until(() => Atomic.Read(ref _isGiven) != 0);
    }

    /// <summary>A worker whose one handler does not return until it is told to; its job was taken by its own loop.</summary>
    private sealed class HangingRun
    {
        private static readonly int[] s_over = [1];
        private readonly Stage _stage;
        private readonly System.Threading.Tasks.TaskCompletionSource<object?> _end = new();
        private readonly Worker _worker;

        public HangingRun(Stage stage, string queue = Stage.QueueName)
        {
            _stage = stage;
            Job = stage.Watch(stage.Store.GetQueue(queue).Add("job", s_limitedAndRetried));
            _worker = new Worker(stage.Store, queue, (_, _) => new ValueTask<object?>(_end.Task), new WorkerOptions { WaitStrategy = WaitStrategy.Park });
            Loop.Play(s_over); // Until its handler hangs.
        }

        public JobHandle Job { get; }

        private PooledLoop Loop => (PooledLoop)_worker.Core.Loops[0];

        public void CloseByForce()
        {
            _worker.Core.Close();
            _worker.Core.StallRunning();
            _stage.Dispatcher.Deadlines.Remove(_worker.Core);
        }

        public void Return()
        {
            _worker.Core.Close();
            _end.SetResult(null);
            Loop.Play(s_over);
        }
    }
}
