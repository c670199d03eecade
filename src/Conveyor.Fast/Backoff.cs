using Conveyor.Fast.Admission;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast;

/// <summary>How long a failed job waits before its next attempt. Immutable and shareable; without one it does not wait.</summary>
public sealed class Backoff
{
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(24);
    private readonly TimeSpan _first;
    private readonly bool _isExponential;
    private readonly double _jitter;

    private Backoff(TimeSpan first, bool isExponential, double jitter, Func<RetryContext, ValueTask<TimeSpan?>>? custom)
    {
        _first = first;
        _isExponential = isExponential;
        _jitter = jitter;
        CustomStrategy = custom;
    }

    internal Func<RetryContext, ValueTask<TimeSpan?>>? CustomStrategy { get; }

    /// <summary>The same delay before each attempt.</summary>
    /// <param name="delay">Zero to 36,500 days.</param>
    /// <returns>The backoff.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative, infinite or too long.</exception>
    public static Backoff Fixed(TimeSpan delay) => new(Check.Delay(delay, nameof(delay)), false, 0, null);

    /// <summary>Twice as long each time, at most 24 hours before jitter.</summary>
    /// <param name="first">The delay before the second attempt, zero to 36,500 days; more than 24 hours count as 24.</param>
    /// <param name="jitter">How far each delay may be off by chance, from 0 to 1; 0.25, the default, means plus or minus a quarter.</param>
    /// <returns>The backoff.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative, infinite or too long, or the jitter outside 0 to 1.</exception>
    public static Backoff Exponential(TimeSpan first, double jitter = 0.25)
    {
        Check.Delay(first, nameof(first));
        if (!(jitter is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(jitter), jitter, "The jitter is a share from 0 to 1.");
        }

        return new Backoff(first, true, jitter, null);
    }

    /// <summary>The user's own rule. It sees the exception and may refuse another attempt.</summary>
    /// <param name="strategy">
    /// Answers with a delay of zero to 36,500 days, or with null or <see cref="Timeout.InfiniteTimeSpan"/> to give up. It runs
    /// with no lock held while the job is still active. If it throws, or answers with another negative time or one that is
    /// too long, the job fails with both errors.
    /// </param>
    /// <returns>The backoff.</returns>
    /// <exception cref="ArgumentNullException">There is no strategy.</exception>
    public static Backoff Custom(Func<RetryContext, ValueTask<TimeSpan?>> strategy)
    {
        ArgumentNullException.ThrowIfNull(strategy);
        return new Backoff(TimeSpan.Zero, false, 0, strategy);
    }

    /// <summary>The delay after the given attempt, counted from 1.</summary>
    internal TimeSpan DelayAfter(int attempt, JobTable table)
    {
        if (!_isExponential || _first == TimeSpan.Zero)
        {
            return _first;
        }

        double ticks = Math.Min(_first.Ticks * Math.Pow(2, attempt - 1), s_longest.Ticks);
        double off = _jitter == 0 ? 0 : (table.NextRandom() * 2 - 1) * _jitter;
        return new TimeSpan((long)Math.Max(0, ticks * (1 + off)));
    }
}
