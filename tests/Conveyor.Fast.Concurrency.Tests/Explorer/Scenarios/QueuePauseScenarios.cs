using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>A queue is paused and resumed beside the loops of its workers.</summary>
internal static class QueuePauseScenarios
{
    public static readonly Scenario[] All =
    [
        new("nothing starts on two workers after their queue's pause", static play =>
        {
            Scene scene = new(play);
            Worker other = scene.Hire();
            scene.Play("loop", scene.Worker);
            scene.Play("other", other);
            scene.Operate("operator", scene.Pause);
        }),

        new("nothing starts on a worker that is made while its queue is paused", static play =>
        {
            Scene scene = new(play);
            play.Thread("loop", () => Scene.LoopOf(scene.Hire()).Play(scene.IsOver));
            scene.Operate("operator", scene.Pause);
        }),

        new("nothing starts after a pause of a queue that is being paused", static play =>
        {
            Scene scene = new(play);
            scene.Play("loop", scene.Worker);
            scene.Operate("one", scene.Pause);
            scene.Operate("other", scene.Pause);
        }),

        new("a queue is paused and resumed at once", static play =>
        {
            Scene scene = new(play);
            scene.Play("loop", scene.Worker);
            scene.Operate("one", scene.Queue.Pause);
            scene.Operate("other", scene.Queue.Resume);
            play.Afterwards(() =>
            {
                Assert.Equal(scene.Queue.IsPaused, !scene.Worker.Core.MayTake);
                Assert.True(scene.Queue.IsPaused || scene.Jobs.TrueForAll(static job => job.State == JobState.Completed), "all loops sleep and a job waits");
            });
        }),

        new("a resumed queue takes what came meanwhile", static play =>
        {
            Scene scene = new(play);
            scene.Queue.Pause();
            scene.Play("loop", scene.Worker);
            scene.Operate("producer", scene.Add);
            scene.Operate("operator", scene.Queue.Resume);
            play.Afterwards(() => Assert.All(scene.Jobs, static job => Assert.True(job.State == JobState.Completed, $"all loops sleep and a job is {job.State}")));
        }),

        new("a worker and its queue are resumed at once", static play =>
        {
            Scene scene = new(play);
            scene.Queue.Pause();
            scene.Worker.Pause();
            scene.Play("loop", scene.Worker);
            scene.Operate("one", scene.Queue.Resume);
            scene.Operate("other", scene.Worker.Resume);
            play.Afterwards(() => Assert.All(scene.Jobs, static job => Assert.True(job.State == JobState.Completed, $"all loops sleep and a job is {job.State}")));
        }),
    ];

    /// <summary>A queue with two jobs and a worker whose loop has been scheduled and has not run yet.</summary>
    private sealed class Scene
    {
        private readonly Play _play;
        private readonly Stage _stage;
        private int _operators;

        public Scene(Play play)
        {
            _play = play;
            _stage = new Stage(play);
            Worker = Hire();
            Jobs = [_stage.Add(), _stage.Add()];
        }

        public Worker Worker { get; }

        public JobQueue Queue => _stage.Queue;

        public List<JobHandle> Jobs { get; }

        /// <summary>Not 0 once all operators have done what they do.</summary>
        public int[] IsOver { get; } = [0];

        public Worker Hire() => new(_stage.Store, Stage.QueueName, static (Job _) => null, new WorkerOptions { WaitStrategy = WaitStrategy.Park });

        public static PooledLoop LoopOf(Worker worker) => (PooledLoop)worker.Core.Loops[0];

        public void Play(string name, Worker worker)
        {
            PooledLoop loop = LoopOf(worker);
            _play.Thread(name, () => loop.Play(IsOver));
        }

        public void Operate(string name, Action act)
        {
            _operators++;
            _play.Thread(name, () =>
            {
                act();
                if (Atomic.Decrement(ref _operators) == 0)
                {
                    Atomic.Exchange(ref IsOver[0], 1);
                }
            });
        }

        public void Add() => Jobs.Add(_stage.Add());

        /// <summary>What waits once the call has returned must wait for ever.</summary>
        public void Pause()
        {
            Queue.Pause();
            JobHandle[] waiting = [.. Jobs.Where(static job => job.State == JobState.Waiting)];
            _play.Afterwards(() => Assert.All(waiting, static job => Assert.True(job.State == JobState.Waiting, $"a job that waited when the pause had returned is {job.State}")));
        }
    }
}
