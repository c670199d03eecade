namespace Conveyor.Fast.Flows;

/// <summary>What became of a removal.</summary>
internal enum RemovalFate
{
    Removed,
    Active,
    NotFound,
}
