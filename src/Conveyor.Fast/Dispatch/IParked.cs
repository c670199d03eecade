namespace Conveyor.Fast.Dispatch;

/// <summary>Who sleeps at a ready queue.</summary>
internal interface IParked
{
    /// <summary>Called outside of every lock, at most once for each time it parked.</summary>
    void Wake();
}
