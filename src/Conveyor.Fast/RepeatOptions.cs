namespace Conveyor.Fast;

/// <summary>
/// When a schedule's jobs are due: at an interval or by a cron text. Immutable and shareable. What does not fit together, and
/// a cron text that is wrong or never matches, is refused by <see cref="JobQueue.AddSchedule{TData}"/>.
/// </summary>
public sealed class RepeatOptions
{
    private readonly TimeSpan? _every;
    private readonly long? _limit;

    /// <summary>
    /// The interval, above zero and at most 36,500 days. Slots are counted from the start, or without one from the making of the schedule, which is
    /// the first; a slot that passes while a job still waits or runs is skipped.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The interval is zero, negative, infinite or too long.</exception>
    public TimeSpan? Every
    {
        get => _every;
        init => _every = value is { } every ? Admission.Check.Interval(every, nameof(Every)) : null;
    }

    /// <summary>
    /// A cron text with 5 fields, 6 (seconds first) or 7 (seconds first; year last, 1970 to 2099). Where both days are given
    /// both must match. With fixed hours a job is due once for each matching local time: a time that daylight saving skips,
    /// at the first moment after it; a time that comes twice, the first time. Where seconds, minutes or hours have a star, a
    /// range or a step, the beat is kept: each time that the local clock shows counts, and no other.
    /// </summary>
    public string? Cron { get; init; }

    /// <summary>The time zone of the cron text, as the system names it; not with an interval. Default: UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>No job is due before it. The first one is due at the first slot from it on; an interval's slots are counted from it. At most 36,500 days ahead when the schedule is added.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>
    /// No job is due at it or later; the schedule is over then. After the start. One that has passed, or at or after which the first
    /// slot lies, makes a schedule that is over at once, also in place of the one with that id.
    /// </summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>How many jobs run in all, at least 1; the schedule is over then. Default: no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public long? Limit
    {
        get => _limit;
        init
        {
            if (value is { } limit)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1, nameof(Limit));
            }

            _limit = value;
        }
    }

    /// <summary>Whether the first job is due at once, as it always is with an interval and no start. Not with a start.</summary>
    public bool Immediately { get; init; }

    internal bool HasTimesOf(RepeatOptions other) =>
        (Every, Cron, TimeZone, Start, Immediately) == (other.Every, other.Cron, other.TimeZone, other.Start, other.Immediately);
}
