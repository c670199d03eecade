using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// A wait whose object is used again. Two let go of it, who ends it and who reads it, and the later one returns it to its
/// pool; but not one that a timer or the callback of a token may still come by.
/// </summary>
internal abstract class PooledWaiter : JobWaiter
{
    // Below the number of the wait, by which a second reader is known.
    private const long Told = 1;
    private const long Read = 2;
    private const int NumberShift = 2;
    private long _letGo;
    private JobHandle _job;
    private bool _isStray;

    // Under the home's lock while the wait is open, then of who has taken it.
    public CancellationTokenRegistration Registration { get; set; }

    public ITimer? Timer { get; set; }

    /// <summary>Once the wait is in place: ends it when the token fires, or when the timer rings, which does so by itself.</summary>
    public void GiveUpOn(ITimer? timer, CancellationToken token) =>
        Arm(static (waiter, token) => ((PooledWaiter)waiter!).GiveUp(new OperationCanceledException(token)), timer, token);

    /// <summary>Once the wait is in place: cancels its job when the token fires; the wait goes on until that has ended.</summary>
    public void CancelWith(JobHandle job, CancellationToken token)
    {
        _job = job;
        Arm(static (waiter, _) => ((PooledWaiter)waiter!)._job.CancelByToken(), null, token);
    }

    /// <summary>Ends the wait, unless somebody else does; the job goes on.</summary>
    public void GiveUp(Exception reason)
    {
        if (Home!.TryTake(this))
        {
            Abandon(reason);
        }
    }

    public sealed override void Complete(in JobOutcome outcome) => End(outcome, null);

    public sealed override void Abandon(Exception reason) => End(default, reason);

    /// <summary>Stores the outcome, or the reason why there is none, and sends the continuation out.</summary>
    protected abstract void Set(in JobOutcome outcome, Exception? reason);

    /// <summary>Forgets the wait that is over, and gives the number of the next one.</summary>
    protected abstract short Renew();

    protected abstract void Return();

    /// <summary>The reader has read. Throws for a second one, which has read nothing that counts.</summary>
    protected void EndReading(short number)
    {
        long open = (long)number << NumberShift;
        while (true)
        {
            long seen = Atomic.Read(ref _letGo);
            if ((seen & ~Told) != open)
            {
                throw AwaitedAgain();
            }

            if (Atomic.CompareExchange(ref _letGo, seen | Read, seen) == seen)
            {
                if ((seen & Told) != 0)
                {
                    ReturnIfAlone();
                }

                return;
            }
        }
    }

    protected static InvalidOperationException AwaitedAgain() =>
        new("This wait has been awaited already. Begin another one, or keep the task that AsTask makes of it for several awaits.");

    private void End(in JobOutcome outcome, Exception? reason)
    {
        CallOff(Registration, Timer);
        try
        {
            Set(outcome, reason);
        }
        catch (Exception error)
        {
            Home?.Report?.Invoke(error); // The context that the awaiter wants to go on in has refused it.
        }

        if ((Atomic.Or(ref _letGo, Told) & Read) != 0)
        {
            ReturnIfAlone();
        }
    }

    private void Arm(Action<object?, CancellationToken> callback, ITimer? timer, CancellationToken token)
    {
        if (token.CanBeCanceled || timer is not null)
        {
            CancellationTokenRegistration registration = token.UnsafeRegister(callback, this);
            if (!Home!.TryArm(this, registration, timer))
            {
                CallOff(registration, timer);
            }
        }
    }

    /// <summary>Never waits for a callback: one that has begun keeps the object from being used again.</summary>
    private void CallOff(CancellationTokenRegistration registration, ITimer? timer)
    {
        timer?.Dispose();
        if (timer is not null || (registration.Token.CanBeCanceled && !registration.Unregister()))
        {
            _isStray = true;
        }
    }

    private void ReturnIfAlone()
    {
        if (!_isStray)
        {
            AwaitedId = 0;
            Registration = default;
            _job = default;
            Atomic.Write(ref _letGo, (long)Renew() << NumberShift);
            Return();
        }
    }
}
