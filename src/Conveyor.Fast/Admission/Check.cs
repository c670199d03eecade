using System.Runtime.CompilerServices;

namespace Conveyor.Fast.Admission;

/// <summary>What names and numbers must be; the message says the rule and the value.</summary>
internal static class Check
{
    private const int LongestName = 255;
    private const int MostConcurrency = 65_536;
    private static readonly TimeSpan s_longestLimit = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    public static string QueueName(string? name, [CallerArgumentExpression(nameof(name))] string? argument = null) =>
        Text(name, "A queue name", argument);

    public static string CustomId(string? id, [CallerArgumentExpression(nameof(id))] string? argument = null) =>
        Text(id, "A custom id", argument);

    public static string DeduplicationKey(string? key, [CallerArgumentExpression(nameof(key))] string? argument = null) =>
        Text(key, "A deduplication key", argument);

    public static string ScheduleId(string? id, [CallerArgumentExpression(nameof(id))] string? argument = null) =>
        Text(id, "A schedule's id", argument);

    public static string WorkerName(string? name, [CallerArgumentExpression(nameof(name))] string? argument = null) =>
        Text(name, "A worker's name", argument);

    public static string JobName(string? name, [CallerArgumentExpression(nameof(name))] string? argument = null)
    {
        ArgumentNullException.ThrowIfNull(name, argument);
        return name.Length > 0 ? name : throw new ArgumentException("A job name must not be empty.", argument);
    }

    /// <summary>A limit on a wait: zero or more and no more than a timer can be set to, or infinite.</summary>
    public static TimeSpan Limit(TimeSpan limit, string argument) =>
        (limit >= TimeSpan.Zero && limit <= s_longestLimit) || limit == Timeout.InfiniteTimeSpan
            ? limit
            : throw new ArgumentOutOfRangeException(argument, limit, $"The limit is from zero to {s_longestLimit}, or Timeout.InfiniteTimeSpan.");

    /// <summary>A delay of zero or more.</summary>
    public static TimeSpan Delay(TimeSpan delay, string argument) => delay >= TimeSpan.Zero && delay <= Duration.Longest
        ? delay
        : throw new ArgumentOutOfRangeException(argument, delay, $"A delay is from zero to {Duration.Longest.Days} days, and never infinite.");

    /// <summary>How long something is kept.</summary>
    public static TimeSpan Age(TimeSpan age, string argument) => AboveZero(age, "An age", argument);

    /// <summary>How long it is from one slot of a schedule to the next.</summary>
    public static TimeSpan Interval(TimeSpan interval, string argument) => AboveZero(interval, "An interval", argument);

    /// <summary>How long a run may take; infinite for any time.</summary>
    public static TimeSpan RunLimit(TimeSpan limit, string argument) => limit == Timeout.InfiniteTimeSpan
        ? limit
        : AboveZero(limit, "A time limit, unless it is Timeout.InfiniteTimeSpan for none,", argument);

    /// <summary>Places of a worker: each is a loop of its own.</summary>
    public static int Concurrency(int value, string argument) => value is >= 1 and <= MostConcurrency
        ? value
        : throw new ArgumentOutOfRangeException(argument, value, $"A worker's concurrency is from 1 to {MostConcurrency}.");

    private static TimeSpan AboveZero(TimeSpan time, string what, string argument) => time > TimeSpan.Zero && time <= Duration.Longest
        ? time
        : throw new ArgumentOutOfRangeException(argument, time, $"{what} is above zero and at most {Duration.Longest.Days} days.");

    private static string Text(string? text, string what, string? argument)
    {
        ArgumentNullException.ThrowIfNull(text, argument);
        if (text.Length is 0 or > LongestName)
        {
            throw new ArgumentException($"{what} has 1 to {LongestName} characters; this one has {text.Length}.", argument);
        }

        foreach (char c in text)
        {
            if (char.IsControl(c))
            {
                throw new ArgumentException($"{what} has no control characters; this one has U+{(int)c:X4}.", argument);
            }
        }

        return text;
    }
}
