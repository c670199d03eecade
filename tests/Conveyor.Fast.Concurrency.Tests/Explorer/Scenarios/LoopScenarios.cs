using Conveyor.Fast.Dispatch;

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
            Stage stage = new(play);
            PlayedWorker played = new(stage, others: 1, WaitStrategy.Default);
            ParkingLot lot = stage.Ready.Ready.Parked;
            played.PlayLoops(play);
            JobHandle job = default;
            play.Thread("producer", () =>
            {
                SpinWait spin = default;
                while (!lot.Any)
                {
                    spin.SpinOnce();
                }

                job = stage.Add();
                played.End();
            });
            play.Afterwards(() => AssertCompleted([job]));
        }),

        SwitchedOff("nothing starts after a pause", static worker => worker.Pause()),
        SwitchedOff("nothing starts after a close", static worker => worker.Core.Close()),

        new("a job comes while a worker closes and another sleeps", static play =>
        {
            Stage stage = new(play);
            PlayedWorker played = new(stage, others: 2);
            ParkScenarios.Sleeper other = new();
            stage.Ready.Ready.Parked.Park(other);
            played.PlayLoops(play);
            JobHandle job = default;
            play.Thread("producer", () =>
            {
                job = stage.Add();
                played.End();
            });
            play.Thread("operator", () =>
            {
                played.Core.Close();
                played.End();
            });
            play.Afterwards(() => Assert.True(other.Wakes > 0 || job.State == JobState.Completed, $"the other worker sleeps, and the job is {job.State}"));
        }),

        new("a resumed worker takes what came meanwhile", static play =>
        {
            Stage stage = new(play);
            PlayedWorker played = new(stage, others: 2);
            played.Worker.Pause();
            played.PlayLoops(play);
            JobHandle job = default;
            play.Thread("producer", () =>
            {
                job = stage.Add();
                played.End();
            });
            play.Thread("operator", () =>
            {
                played.Worker.Resume();
                played.End();
            });
            play.Afterwards(() => AssertCompleted([job]));
        }),
    ];

    private static Scenario Woken(string name, WaitStrategy strategy, int jobs, int loops) => new(name, play =>
    {
        Stage stage = new(play);
        PlayedWorker played = new(stage, others: 1, strategy, loops);
        played.PlayLoops(play);
        List<JobHandle> added = [];
        play.Thread("producer", () =>
        {
            for (int job = 0; job < jobs; job++)
            {
                added.Add(stage.Add());
            }

            played.End();
        });
        play.Afterwards(() => AssertCompleted(added));
    });

    private static Scenario SwitchedOff(string name, Action<Worker> switchOff) => new(name, play =>
    {
        Stage stage = new(play);
        PlayedWorker played = new(stage, others: 1);
        JobHandle[] jobs = [stage.Add(), stage.Add()];
        JobState[] then = [];
        played.PlayLoops(play);
        play.Thread("operator", () =>
        {
            switchOff(played.Worker);
            then = [.. jobs.Select(static job => job.State)];
            played.End();
        });
        play.Afterwards(() =>
        {
            for (int job = 0; job < jobs.Length; job++)
            {
                Assert.False(then[job] == JobState.Waiting && jobs[job].State != JobState.Waiting, $"a job that waited when the switch was off is {jobs[job].State}");
            }
        });
    });

    private static void AssertCompleted(IEnumerable<JobHandle> jobs) =>
        Assert.All(jobs, static job => Assert.True(job.State == JobState.Completed, $"all loops sleep and a job is {job.State}"));
}
