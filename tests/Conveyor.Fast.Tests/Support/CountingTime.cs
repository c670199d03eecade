using Microsoft.Extensions.Time.Testing;

namespace Conveyor.Fast.Tests.Support;

/// <summary>A clock that only the test advances and that knows how many of its timers live, and how often they have called.</summary>
internal sealed class CountingTime : FakeTimeProvider
{
    private int _timers;
    private int _calls;

    public CountingTime()
        : base(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public int LiveTimers => Volatile.Read(ref _timers);

    public int Calls => Volatile.Read(ref _calls);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _timers);
        return new CountedTimer(this, base.CreateTimer(Call, state, dueTime, period));

        void Call(object? given)
        {
            Interlocked.Increment(ref _calls);
            callback(given);
        }
    }

    private sealed class CountedTimer(CountingTime owner, ITimer inner) : ITimer
    {
        private int _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(dueTime, period);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                Interlocked.Decrement(ref owner._timers);
            }

            inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
