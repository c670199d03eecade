using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Dispatch;

/// <summary>
/// The store's one timer, armed for the next thing due of all sources and never periodic. A store without threaded
/// workers has none and rings when it is pumped. One thread at a time does what is due, so things fall due in order; no
/// lock is held, since subscribers are told and may advance a clock of their own from inside.
/// </summary>
internal sealed class Alarm(JobClock clock) : IDisposable
{
    private const int Quiet = 0;
    private const int Ringing = 1;
    private const int RingingAgain = 2;
    private const int MostLooks = 8;
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);
    private readonly Lock _lock = new(); // The making and the end of the timer only.
    private readonly List<IDueSource> _sources = [];
    private ITimer? _timer;
    private IParked? _sleeper;
    private bool _closed;
    private long _armedFor = long.MaxValue;
    private int _ringing;

    /// <summary>Told by who rings of what the clock has thrown meanwhile.</summary>
    public Action<Exception>? Report { private get; init; }

    /// <summary>Wires a source, before anything can fall due.</summary>
    public void Add(IDueSource source) => _sources.Add(source);

    /// <summary>
    /// Who is about to sleep until something is due; null when it is up. Without a timer it is woken for what comes under the
    /// clock meanwhile. HB-14: a full fence before it asks for the next due time.
    /// </summary>
    public void SetSleeper(IParked? sleeper) => Atomic.Exchange(ref _sleeper, sleeper);

    /// <summary>From the first threaded worker on the store has a timer.</summary>
    public void UseTimer()
    {
        lock (_lock)
        {
            if (_timer is not null || _closed)
            {
                return;
            }

            Atomic.Write(ref _timer, clock.IsManual
                ? clock.Provider.CreateTimer(static state => ((Alarm)state!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan)
                : new AlarmTimer(clock, Ring));
        }

        Ring(); // Also arms the timer for what was there before it.
    }

    /// <summary>Makes the alarm ring at a timestamp at the latest. HB-14: the source knows of it already.</summary>
    public void ArmFor(long due)
    {
        if (Atomic.Read(ref _timer) is not { } timer)
        {
            Atomic.Read(ref _sleeper)?.Wake();
            return;
        }

        long armed = Atomic.Read(ref _armedFor);
        while (due < armed)
        {
            long before = Atomic.CompareExchange(ref _armedFor, due, armed);
            if (before == armed)
            {
                Set(timer);
                return;
            }

            armed = before;
        }
    }

    /// <summary>Does all that is due. If another thread is at it, or the caller itself further up, that one looks once more.</summary>
    public void Ring()
    {
        if (Atomic.Read(ref _closed) || Atomic.Exchange(ref _ringing, RingingAgain) != Quiet)
        {
            return;
        }

        try
        {
            do
            {
                Atomic.Exchange(ref _ringing, Ringing); // A full fence before the clock is read: whoever asks for another round after it is seen.
                Atomic.Write(ref _armedFor, long.MaxValue);
                long now = clock.Timestamp();
                long next = long.MaxValue;
                foreach (IDueSource source in _sources)
                {
                    next = Math.Min(next, source.FallDue(now)); // HB-14: the time was taken back before a source is asked for the next one.
                }

                ArmFor(next);
                ReportFault(); // Still ringing: who hears of it and moves the clock asks for another round, and rings no deeper.
            }
            while (Atomic.CompareExchange(ref _ringing, Quiet, Ringing) != Ringing);
        }
        catch
        {
            Atomic.Exchange(ref _ringing, Quiet); // No memory, no thread, or an interrupted one: the next ring does what is left.
            throw;
        }
    }

    public void Dispose()
    {
        ITimer? timer;
        lock (_lock)
        {
            Atomic.Write(ref _closed, true);
            timer = _timer;
            Atomic.Write(ref _timer, null);
        }

        timer?.Dispose();
        ReportFault();
    }

    private void ReportFault()
    {
        if (clock.TakeFault() is { } fault)
        {
            Report?.Invoke(fault);
        }
    }

    /// <summary>
    /// Sets the timer without a lock, since one of a user's own clock may ring at once. Who set it last has seen that nothing
    /// changed since: neither what is wanted, nor the time from which it counts, which somebody may have moved on. A clock that
    /// runs moves at every look; there the little that it moves meanwhile is all that the timer is late by.
    /// </summary>
    private void Set(ITimer timer)
    {
        long due;
        long now;
        int looks = 0;
        do
        {
            due = Atomic.Read(ref _armedFor);
            now = clock.Timestamp();
            if (due == long.MaxValue)
            {
                return; // Who rings has taken the time back, and arms for what is next; or another thread could not set the timer.
            }

            if (!clock.TrySet(timer, Until(due, now)))
            {
                Atomic.CompareExchange(ref _armedFor, long.MaxValue, due); // So the next that is to come tries again.
                return;
            }
        }
        while (Atomic.Read(ref _armedFor) != due || (clock.IsManual && clock.Timestamp() != now && ++looks < MostLooks));
    }

    private TimeSpan Until(long due, long now)
    {
        TimeSpan left = clock.FromTimestamps(Math.Max(0, due - now));
        return left < s_longest ? left : s_longest;
    }
}
