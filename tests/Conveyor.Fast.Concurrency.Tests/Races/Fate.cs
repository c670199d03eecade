namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>What an operation was told.</summary>
internal enum Fate : byte
{
    Done,
    TooLate,
    Refused,
    NotFound,
}
