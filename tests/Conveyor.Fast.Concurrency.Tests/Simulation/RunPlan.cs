namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What one run of a job does: operations from inside, then its end. A suspended run waits for <see cref="Operation.Finish"/>.</summary>
internal sealed record RunPlan(RunEnd End, params Operation[] Inside)
{
    public static readonly RunPlan Plain = new(RunEnd.Value);

    /// <summary>Whether the run registers a cancellation callback that throws.</summary>
    public bool HasThrowingCallback { get; init; }

    public override string ToString() =>
        $"new({string.Join(", ", [$"RunEnd.{End}", .. Inside.Select(static operation => operation.ToString())])}){(HasThrowingCallback ? " { HasThrowingCallback = true }" : "")}";
}
