namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>Unwinds a thread of an execution that has come to its verdict.</summary>
internal sealed class Abandoned : Exception;
