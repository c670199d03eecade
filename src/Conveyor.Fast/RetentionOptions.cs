namespace Conveyor.Fast;

/// <summary>Which ended jobs every queue of a store keeps, unless a job says otherwise. Immutable.</summary>
public sealed class RetentionOptions
{
    /// <summary>Completed jobs. Null, the default: at least the last 1,000 of each queue, and at most 32 more per worker loop.</summary>
    public Retention? Completed { get; init; }

    /// <summary>Failed and canceled jobs together. Null, the default: at least the last 5,000 of each queue, and at most 32 more per worker loop.</summary>
    public Retention? Failed { get; init; }
}
