using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>A worker whose loops are threads of the scenario, until the other threads are done.</summary>
internal sealed class PlayedWorker
{
    private readonly int[] _isOver = [0];
    private readonly int[] _others;

    /// <summary>Its loops have been scheduled and have not run yet.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="others">How many threads say that they are done.</param>
    /// <param name="strategy">What an idle loop does.</param>
    /// <param name="loops">How many loops.</param>
    /// <param name="handler">What its handler does; nothing if null.</param>
    public PlayedWorker(Stage stage, int others, WaitStrategy strategy = WaitStrategy.Park, int loops = 1, Action? handler = null)
    {
        _others = [others];
        object? Handle(Job job)
        {
            handler?.Invoke();
            return null;
        }

        Worker = new Worker(stage.Store, Stage.QueueName, Handle, new WorkerOptions { Concurrency = loops, WaitStrategy = strategy });
    }

    public Worker Worker { get; }

    public WorkerCore Core => Worker.Core;

    public void PlayLoops(Play play)
    {
        for (int place = 0; place < Core.Loops.Length; place++)
        {
            PooledLoop loop = (PooledLoop)Core.Loops[place];
            play.Thread("loop" + place, () => loop.Play(_isOver));
        }
    }

    /// <summary>One of the other threads is done; after the last one a loop that sleeps stays asleep.</summary>
    public void End()
    {
        if (Atomic.Decrement(ref _others[0]) == 0)
        {
            Atomic.Exchange(ref _isOver[0], 1);
        }
    }
}
