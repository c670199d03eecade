namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>One thread's part of a family.</summary>
/// <param name="stage">The stage.</param>
internal sealed class Side(Stage stage)
{
    /// <summary>A child and the hand that runs it, if the thread's act is about one.</summary>
    public JobHandle Running { get; private set; }

    public Hand Hand { get; } = stage.Hand();

    /// <summary>A child that stands in the queue, if the thread's act is about one.</summary>
    public JobHandle Waiting { get; private set; }

    /// <summary>A child that is delayed, if the thread's act is about one.</summary>
    public JobHandle Delayed { get; private set; }

    /// <summary>Runs nothing yet.</summary>
    public Hand Idle { get; } = stage.Hand();

    /// <summary>The thread's act is about that child.</summary>
    public void Become(Kin kin, JobHandle child)
    {
        switch (kin)
        {
            case Kin.Running:
                Running = child;
                Assert.True(Hand.TryTake());
                break;
            case Kin.Waiting:
                Waiting = child;
                break;
            case Kin.Delayed:
                Delayed = child;
                break;
        }
    }
}
