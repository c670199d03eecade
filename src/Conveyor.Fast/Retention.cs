namespace Conveyor.Fast;

/// <summary>How long ended jobs are kept for inspection. The default value keeps all.</summary>
/// <remarks>
/// A bound counts ends of the same queue and kind (completed; failed or canceled): a job goes when so many have ended
/// after it. Children whose parent still reads them are kept beside the bound. Payload and result are kept with the job.
/// </remarks>
public readonly struct Retention : IEquatable<Retention>
{
    private readonly int _countPlusOne;

    private Retention(int count) => _countPlusOne = count + 1;

    /// <summary>Gone as soon as the job has ended (removeOnComplete or removeOnFail: true in a flow file).</summary>
    public static Retention RemoveAtOnce => new(0);

    /// <summary>Kept until removed by hand.</summary>
    public static Retention KeepAll => default;

    /// <summary>Kept until so many have ended after it; exact.</summary>
    /// <param name="count">From 1 to 2,147,483,646.</param>
    /// <returns>The bound.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is outside its range.</exception>
    public static Retention KeepLast(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfEqual(count, int.MaxValue);
        return new Retention(count);
    }

    /// <summary>The bound: 0 for at once, null for none.</summary>
    public int? Count => _countPlusOne == 0 ? null : _countPlusOne - 1;

    /// <inheritdoc/>
    public bool Equals(Retention other) => _countPlusOne == other._countPlusOne;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Retention other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _countPlusOne;

    /// <inheritdoc/>
    public override string ToString() => Count switch
    {
        null => "keep all",
        0 => "remove at once",
        int count => $"keep the last {count}",
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
}
