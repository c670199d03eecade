namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What time does, and what is done to jobs that wait for it.</summary>
internal sealed partial class EngineActor
{
    /// <summary>From inside a handler too, timers ring within the call.</summary>
    private string Advance(TimeSpan time)
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        _time.Advance(time);
        SynchronizationContext.SetSynchronizationContext(before);
        return "advanced";
    }

    private static string Promote(JobHandle job)
    {
        job.Promote();
        return "promoted";
    }

    private static string ChangeDelay(JobHandle job, int minutes)
    {
        job.ChangeDelay(TimeSpan.FromMinutes(minutes));
        return "delayed anew";
    }
}
