namespace Conveyor.Fast;

/// <summary>What a custom backoff decides by.</summary>
/// <param name="Job">The job, still active; valid until the strategy has answered.</param>
/// <param name="AttemptsMade">Runs that have ended, the failed one included; from 1.</param>
/// <param name="Attempts">Runs the job may have in all.</param>
/// <param name="Error">What the handler threw.</param>
public readonly record struct RetryContext(Job Job, int AttemptsMade, int Attempts, Exception Error);
