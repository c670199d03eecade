namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What a handler says of its own job.</summary>
internal sealed partial class EngineActor
{
    private (Job Job, JobPlan Plan, int Number)? _inHand;

    private string FromInside(Func<(Job Job, JobPlan Plan, int Number), string> act) => _inHand is { } run ? act(run) : "nothing";

    private static string Discard((Job Job, JobPlan Plan, int Number) run)
    {
        run.Job.Discard();
        return "discarded";
    }

    private static string Move((Job Job, JobPlan Plan, int Number) run, int? minutes)
    {
        if (!run.Plan.MayMove(run.Number))
        {
            return "nothing";
        }

        if (minutes is { } delay)
        {
            run.Job.MoveToDelayed(TimeSpan.FromMinutes(delay));
        }
        else
        {
            run.Job.MoveToWaiting();
        }

        return "moves";
    }
}
