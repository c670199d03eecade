using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>Worker loops as they are: park and wake, pause, close.</summary>
internal static class LoopScenarios
{
    public static readonly Scenario[] All =
    [
        Woken("a job comes while a loop parks", WaitStrategy.Park, jobs: 1, loops: 1),
        Woken("two jobs come while two loops park", WaitStrategy.Park, jobs: 2, loops: 2),
        Woken("a job comes while a loop stops searching", WaitStrategy.Default, jobs: 1, loops: 1),

        new("a job comes after a loop has stopped searching", static play =>
        {
            (Stage stage, Worker worker) = Idle(play, WaitStrategy.Default, 1);
            ParkingLot lot = stage.Ready.Ready.Parked;
            int[] isOver = [0];
            JobHandle job = default;
            play.Thread("loop", () => LoopOf(worker, 0).Play(isOver));
            play.Thread("producer", () =>
            {
                SpinWait spin = default;
                while (!lot.Any)
                {
                    spin.SpinOnce();
                }

                job = stage.Add();
                Atomic.Exchange(ref isOver[0], 1);
            });
            play.Afterwards(() => Assert.True(job.State == JobState.Completed, $"all loops sleep and the job is {job.State}"));
        }),

        SwitchedOff("nothing starts after a pause", static worker => worker.Pause()),
        SwitchedOff("nothing starts after a close", static worker => worker.Core.Close()),

        new("a resumed worker takes what came meanwhile", static play =>
        {
            (Stage stage, Worker worker) = Idle(play, WaitStrategy.Park, 1);
            worker.Pause();
            int[] left = [2];
            int[] isOver = [0];
            play.Thread("loop", () => LoopOf(worker, 0).Play(isOver));
            JobHandle job = default;
            play.Thread("producer", () =>
            {
                job = stage.Add();
                End(left, isOver);
            });
            play.Thread("operator", () =>
            {
                worker.Resume();
                End(left, isOver);
            });
            play.Afterwards(() => Assert.True(job.State == JobState.Completed, $"all loops sleep and the job is {job.State}"));
        }),
    ];

    private static Scenario Woken(string name, WaitStrategy strategy, int jobs, int loops) => new(name, play =>
    {
        (Stage stage, Worker worker) = Idle(play, strategy, loops);
        int[] isOver = [0];
        for (int loop = 0; loop < loops; loop++)
        {
            PooledLoop played = LoopOf(worker, loop);
            play.Thread("loop" + loop, () => played.Play(isOver));
        }

        List<JobHandle> added = [];
        play.Thread("producer", () =>
        {
            for (int job = 0; job < jobs; job++)
            {
                added.Add(stage.Add());
            }

            Atomic.Exchange(ref isOver[0], 1);
        });
        play.Afterwards(() => Assert.All(added, static job => Assert.True(job.State == JobState.Completed, $"all loops sleep and a job is {job.State}")));
    });

    private static Scenario SwitchedOff(string name, Action<Worker> switchOff) => new(name, play =>
    {
        (Stage stage, Worker worker) = Idle(play, WaitStrategy.Park, 1);
        JobHandle[] jobs = [stage.Add(), stage.Add()];
        int[] isOver = [0];
        JobState[] then = [];
        play.Thread("loop", () => LoopOf(worker, 0).Play(isOver));
        play.Thread("operator", () =>
        {
            switchOff(worker);
            then = [.. jobs.Select(static job => job.State)];
            Atomic.Exchange(ref isOver[0], 1);
        });
        play.Afterwards(() =>
        {
            for (int job = 0; job < jobs.Length; job++)
            {
                Assert.False(then[job] == JobState.Waiting && jobs[job].State != JobState.Waiting, $"a job that waited when the switch was off is {jobs[job].State}");
            }
        });
    });

    /// <summary>A worker whose loops have been scheduled and have not run yet.</summary>
    public static (Stage Stage, Worker Worker) Idle(Play play, WaitStrategy strategy, int loops)
    {
        Stage stage = new(play);
        Worker worker = new(stage.Store, Stage.QueueName, static (Job _) => null, new WorkerOptions { Concurrency = loops, WaitStrategy = strategy });
        return (stage, worker);
    }

    public static PooledLoop LoopOf(Worker worker, int place) => (PooledLoop)worker.Core.Loops[place];

    private static void End(int[] left, int[] isOver)
    {
        if (Atomic.Decrement(ref left[0]) == 0)
        {
            Atomic.Exchange(ref isOver[0], 1);
        }
    }
}
