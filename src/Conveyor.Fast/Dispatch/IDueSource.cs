namespace Conveyor.Fast.Dispatch;

/// <summary>Something that falls due: the alarm asks it when it rings, one thread at a time and with no lock held.</summary>
internal interface IDueSource
{
    /// <summary>Does what is due by now, in order. Returns the timestamp at which it wants to be asked again, or <see cref="long.MaxValue"/>.</summary>
    long FallDue(long now);
}
