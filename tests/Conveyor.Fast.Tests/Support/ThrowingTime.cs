using Microsoft.Extensions.Time.Testing;

namespace Conveyor.Fast.Tests.Support;

/// <summary>A clock that only the test advances, and that throws where the test wants it to.</summary>
internal sealed class ThrowingTime() : FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
{
    public bool ThrowsDates { get; set; }

    public bool ThrowsTimestamps { get; set; }

    public bool ThrowsTimers { get; set; }

    public bool MakesNoTimers { get; set; }

    /// <summary>Whether no time can be read at all.</summary>
    public bool Throws
    {
        set => ThrowsDates = ThrowsTimestamps = value;
    }

    public override DateTimeOffset GetUtcNow() => ThrowsDates ? throw new TimeZoneNotFoundException("no zone") : base.GetUtcNow();

    public override long GetTimestamp() => ThrowsTimestamps ? throw new TimeZoneNotFoundException("no zone") : base.GetUtcNow().Ticks; // Not by the date that may throw.

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        MakesNoTimers ? throw new TimeZoneNotFoundException("no zone") : new Timer(this, base.CreateTimer(callback, state, dueTime, period));

    private sealed class Timer(ThrowingTime owner, ITimer inner) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) =>
            owner.ThrowsTimers ? throw new TimeZoneNotFoundException("no zone") : inner.Change(dueTime, period);

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
