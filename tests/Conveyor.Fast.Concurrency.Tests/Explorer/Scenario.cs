namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>A small piece of the protocol and the threads that meet in it.</summary>
/// <param name="Name">What it is called in tests and traces.</param>
/// <param name="Arrange">Sets up one execution: its state, its threads, what must hold afterwards.</param>
/// <param name="IsShort">Whether it is to be run in all orders: no thread takes more racing steps than <see cref="Explore.ShortUnit"/>.</param>
internal sealed record Scenario(string Name, Action<Play> Arrange, bool IsShort = false)
{
    public static Scenario Short(string name, Action<Play> arrange) => new(name, arrange, IsShort: true);

    public override string ToString() => Name;
}
