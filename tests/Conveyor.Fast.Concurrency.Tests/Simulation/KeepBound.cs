namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>How long ended jobs are kept: until so many have ended after them, for so many minutes, or whichever comes first.</summary>
internal readonly record struct KeepBound(int? Count, int? Minutes)
{
    public bool IsNone => Count is null && Minutes is null;

    public Retention? ToRetention() => this switch
    {
        { IsNone: true } => null,
        { Count: 0 } => Retention.RemoveAtOnce,
        { Count: { } count, Minutes: { } minutes } => Retention.KeepLast(count, TimeSpan.FromMinutes(minutes)),
        { Count: { } count } => Retention.KeepLast(count),
        _ => Retention.KeepFor(TimeSpan.FromMinutes(Minutes!.Value)),
    };
}
