namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>A small piece of the protocol and the threads that meet in it.</summary>
/// <param name="Name">What it is called in tests and traces.</param>
/// <param name="Arrange">Sets up one execution: its state, its threads, what must hold afterwards.</param>
internal sealed record Scenario(string Name, Action<Play> Arrange)
{
    public override string ToString() => Name;
}
