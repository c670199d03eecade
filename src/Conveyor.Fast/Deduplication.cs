using Conveyor.Fast.Admission;

namespace Conveyor.Fast;

/// <summary>
/// How an add finds out that its job is there already. Immutable: one object serves any number of jobs, queues and stores.
/// </summary>
/// <remarks>
/// While a job with the key lives in the queue, a plain add adds nothing and answers with that job, and a leaf of a flow
/// attaches to it: its parent waits for that job like for a child of its own and reads its value. The key is free again
/// once its job has ended or is removed.
/// </remarks>
public sealed class Deduplication
{
    private Deduplication(string key) => Key = key;

    /// <summary>What equal jobs of one queue have in common.</summary>
    public string Key { get; }

    /// <summary>Jobs of one queue are equal if their keys are.</summary>
    /// <param name="key">1 to 255 characters, no control characters.</param>
    /// <returns>The option.</returns>
    /// <exception cref="ArgumentException">The key is null, empty, too long or has control characters.</exception>
    public static Deduplication ByKey(string key) => new(Check.DeduplicationKey(key));

    /// <summary>The key.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"by key '{Key}'";
}
