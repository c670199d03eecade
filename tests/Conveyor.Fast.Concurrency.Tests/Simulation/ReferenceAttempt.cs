namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What is remembered of one run.</summary>
internal sealed record ReferenceAttempt(int Number, TimeSpan Started)
{
    public TimeSpan? Ended { get; init; }

    public JobAttemptOutcome Outcome { get; init; }

    public string? Reason { get; init; }

    public override string ToString() => $"{Number} {Started} {Ended} {Outcome} {Reason}";
}
