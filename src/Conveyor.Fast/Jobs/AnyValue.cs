namespace Conveyor.Fast.Jobs;

/// <summary>Stands for the type of a value that nobody asks for.</summary>
internal readonly struct AnyValue;
