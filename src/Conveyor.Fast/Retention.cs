using Conveyor.Fast.Admission;

namespace Conveyor.Fast;

/// <summary>How long ended jobs are kept for inspection. The default value keeps all.</summary>
/// <remarks>
/// A count is of ends of the same queue and kind (completed; failed or canceled): a job goes when so many have ended after
/// it. An age counts from the job's end; what is over goes when the store's timer rings, or, in a store without threaded
/// workers, when it is pumped. With the system's clock that is up to 20 ms late. Children whose parent still reads them are
/// kept beside the bound. Payload and result are kept with the job.
/// </remarks>
public readonly struct Retention : IEquatable<Retention>
{
    private readonly int _countPlusOne;
    private readonly TimeSpan _age;

    private Retention(int? count, TimeSpan age)
    {
        _countPlusOne = count is { } some ? some + 1 : 0;
        _age = age;
    }

    /// <summary>Gone as soon as the job has ended (removeOnComplete or removeOnFail: true in a flow file).</summary>
    public static Retention RemoveAtOnce => new(0, TimeSpan.Zero);

    /// <summary>Kept until removed by hand.</summary>
    public static Retention KeepAll => default;

    /// <summary>Kept until so many have ended after it; exact.</summary>
    /// <param name="count">From 1 to 2,147,483,646.</param>
    /// <returns>The bound.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is outside its range.</exception>
    public static Retention KeepLast(int count) => new(CheckedCount(count), TimeSpan.Zero);

    /// <summary>Kept for a time after its end.</summary>
    /// <param name="age">Above zero, and at most 36,500 days.</param>
    /// <returns>The bound.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The age is outside its range.</exception>
    public static Retention KeepFor(TimeSpan age) => new(null, Check.Age(age, nameof(age)));

    /// <summary>Kept until so many have ended after it or it has that age, whichever comes first.</summary>
    /// <param name="count">From 1 to 2,147,483,646.</param>
    /// <param name="age">Above zero, and at most 36,500 days.</param>
    /// <returns>The bound.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count or the age is outside its range.</exception>
    public static Retention KeepLast(int count, TimeSpan age) => new(CheckedCount(count), Check.Age(age, nameof(age)));

    /// <summary>How many are kept: 0 for none, null for any number.</summary>
    public int? Count => _countPlusOne == 0 ? null : _countPlusOne - 1;

    /// <summary>How long it is kept; null for any time.</summary>
    public TimeSpan? Age => _age == TimeSpan.Zero ? null : _age;

    /// <inheritdoc/>
    public bool Equals(Retention other) => _countPlusOne == other._countPlusOne && _age == other._age;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Retention other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_countPlusOne, _age);

    /// <inheritdoc/>
    public override string ToString() => (Count, Age) switch
    {
        (null, null) => "keep all",
        (0, _) => "remove at once",
        (null, { } age) => $"keep for {age}",
        ({ } count, null) => $"keep the last {count}",
        ({ } count, { } age) => $"keep the last {count} for {age}",
    };

    /// <summary>Whether two bounds are the same.</summary>
    /// <param name="left">A bound.</param>
    /// <param name="right">A bound.</param>
    /// <returns>True if they are equal.</returns>
    public static bool operator ==(Retention left, Retention right) => left.Equals(right);

    /// <summary>Whether two bounds differ.</summary>
    /// <param name="left">A bound.</param>
    /// <param name="right">A bound.</param>
    /// <returns>True if they differ.</returns>
    public static bool operator !=(Retention left, Retention right) => !left.Equals(right);

    private static int CheckedCount(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfEqual(count, int.MaxValue);
        return count;
    }
}
