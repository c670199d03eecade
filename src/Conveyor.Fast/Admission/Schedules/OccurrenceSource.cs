using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Admission;

/// <summary>What a schedule's jobs have in common. Their payload's type is known below only.</summary>
internal abstract class OccurrenceSource(AdmissionQueue queue, string name, JobSettings settings)
{
    public AdmissionQueue Queue => queue;

    public string Name => name;

    protected JobSettings Settings => settings;

    /// <summary>Adds one, its room taken already; returns its id.</summary>
    public abstract long Add(Occurrence occurrence, TimeSpan delay, JobWaiter waiter);
}
