namespace Conveyor.Fast.Execution;

/// <summary>(Job, token) to no value.</summary>
internal sealed class PlainHandler(Func<Job, CancellationToken, ValueTask> handler) : JobHandler
{
    public override ValueTask Invoke(JobRun run, long number) => handler(new Job(run, number), run.Token(number));
}
