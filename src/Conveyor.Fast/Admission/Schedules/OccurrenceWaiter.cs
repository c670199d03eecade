using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Admission;

/// <summary>A schedule's unfinished job, of whose end the schedule hears here, once, right after it is told to others.</summary>
internal sealed class OccurrenceWaiter(Schedule schedule, OccurrenceSource source, Occurrence occurrence, TimeSpan delay) : JobWaiter
{
    public OccurrenceSource Source => source;

    public Occurrence Occurrence => occurrence;

    public TimeSpan Delay => delay;

    /// <summary>0 until it is added. Under the schedule's lock.</summary>
    public long JobId { get; set; }

    public override void Complete(in JobOutcome outcome) => schedule.GoOn(outcome.HasStarted);

    public override void Abandon(Exception reason) => schedule.TryEnd(out _);
}
