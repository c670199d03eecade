namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>One thread's part of a family.</summary>
/// <param name="stage">The stage.</param>
internal sealed class Side(Stage stage)
{
    /// <summary>A child and the hand that runs it, if the thread's act is about one.</summary>
    public JobHandle Running { get; set; }

    public Hand Hand { get; } = stage.Hand();

    /// <summary>A child that stands in the queue, if the thread's act is about one.</summary>
    public JobHandle Waiting { get; set; }

    /// <summary>Runs nothing yet.</summary>
    public Hand Idle { get; } = stage.Hand();
}
