namespace Conveyor.Fast.Cli.Commands;

/// <summary>What the user asked <c>conveyor run</c> for.</summary>
internal sealed record RunSettings(string Path, int Concurrency, bool Json, bool Quiet);
