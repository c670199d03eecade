namespace Conveyor.Fast.Admission;

/// <summary>What an add does where a queue is full.</summary>
internal enum RoomWish
{
    Throw,
    Try,
    Force,
}
