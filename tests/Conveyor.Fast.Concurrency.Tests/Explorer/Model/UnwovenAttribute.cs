namespace Conveyor.Fast.Concurrency.Tests.Explorer.Model;

/// <summary>On what belongs to the explorer although it bears a name of the library: its own accesses are no steps.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
internal sealed class UnwovenAttribute : Attribute;
