using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Conveyor.Fast;

/// <summary>
/// Names one job of one store for ever: the place of its record and how often that was reused, in 64 bits. An id whose
/// job is gone finds nothing and never another job. The default value names no job.
/// </summary>
/// <remarks>Ids start at a random base (<see cref="JobStoreOptions.RandomSeed"/>), so that those of two stores hardly meet.</remarks>
public readonly struct JobId : IEquatable<JobId>, IComparable<JobId>, IComparable, ISpanFormattable, ISpanParsable<JobId>, IUtf8SpanFormattable, IUtf8SpanParsable<JobId>
{
    private readonly long _value;

    internal JobId(long value) => _value = value;

    /// <summary>The id as a number: 0 for no job, else positive.</summary>
    /// <returns>What <see cref="FromInt64"/> turns back into the id.</returns>
    public long ToInt64() => _value;

    /// <summary>The id that <see cref="ToInt64"/> gave.</summary>
    /// <param name="value">0 or positive.</param>
    /// <returns>The id. A number that was never given out finds no job.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static JobId FromInt64(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return new JobId(value);
    }

    /// <inheritdoc/>
    public bool Equals(JobId other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is JobId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value.GetHashCode();

    /// <summary>Orders ids as numbers; not by time.</summary>
    /// <param name="other">The other id.</param>
    /// <returns>Less than, equal to or greater than 0.</returns>
    public int CompareTo(JobId other) => _value.CompareTo(other._value);

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        JobId other => CompareTo(other),
        _ => throw new ArgumentException($"A JobId compares only to a JobId, not to a {obj.GetType().Name}.", nameof(obj)),
    };

    /// <summary>The number in decimal digits.</summary>
    /// <returns>The text that <see cref="Parse(string, IFormatProvider?)"/> reads.</returns>
    public override string ToString() => _value.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => _value.ToString(format, formatProvider ?? CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        _value.TryFormat(destination, out charsWritten, format, provider ?? CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        _value.TryFormat(utf8Destination, out bytesWritten, format, provider ?? CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public static JobId Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan(), provider);
    }

    /// <inheritdoc/>
    public static JobId Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out JobId id) ? id : throw new FormatException($"'{s}' is not a job id: decimal digits from 0 to {long.MaxValue}.");

    /// <inheritdoc/>
    public static JobId Parse(ReadOnlySpan<byte> utf8Text, IFormatProvider? provider = null) =>
        TryParse(utf8Text, provider, out JobId id) ? id : throw new FormatException($"The text is not a job id: decimal digits from 0 to {long.MaxValue}.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out JobId result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out JobId result)
    {
        bool parsed = long.TryParse(s, NumberStyles.None, provider ?? CultureInfo.InvariantCulture, out long value);
        result = new JobId(value);
        return parsed;
    }

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<byte> utf8Text, IFormatProvider? provider, out JobId result)
    {
        bool parsed = long.TryParse(utf8Text, NumberStyles.None, provider ?? CultureInfo.InvariantCulture, out long value);
        result = new JobId(value);
        return parsed;
    }

    /// <summary>Whether both name the same job.</summary>
    /// <param name="left">An id.</param>
    /// <param name="right">An id.</param>
    /// <returns>True if they are equal.</returns>
    public static bool operator ==(JobId left, JobId right) => left.Equals(right);

    /// <summary>Whether they name different jobs.</summary>
    /// <param name="left">An id.</param>
    /// <param name="right">An id.</param>
    /// <returns>True if they differ.</returns>
    public static bool operator !=(JobId left, JobId right) => !left.Equals(right);

    /// <summary>Compares as numbers.</summary>
    /// <param name="left">An id.</param>
    /// <param name="right">An id.</param>
    /// <returns>True if the left one is smaller.</returns>
    public static bool operator <(JobId left, JobId right) => left._value < right._value;

    /// <summary>Compares as numbers.</summary>
    /// <param name="left">An id.</param>
    /// <param name="right">An id.</param>
    /// <returns>True if the left one is smaller or equal.</returns>
    public static bool operator <=(JobId left, JobId right) => left._value <= right._value;

    /// <summary>Compares as numbers.</summary>
    /// <param name="left">An id.</param>
    /// <param name="right">An id.</param>
    /// <returns>True if the left one is larger.</returns>
    public static bool operator >(JobId left, JobId right) => left._value > right._value;

    /// <summary>Compares as numbers.</summary>
    /// <param name="left">An id.</param>
    /// <param name="right">An id.</param>
    /// <returns>True if the left one is larger or equal.</returns>
    public static bool operator >=(JobId left, JobId right) => left._value >= right._value;
}
