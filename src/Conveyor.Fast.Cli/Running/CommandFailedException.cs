namespace Conveyor.Fast.Cli.Running;

/// <summary>A shell command could not be started or ended badly; the message is the reason the user gets.</summary>
internal sealed class CommandFailedException(string reason) : Exception(reason);
