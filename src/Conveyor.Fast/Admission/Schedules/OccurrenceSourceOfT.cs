using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Admission;

/// <summary>Adds a schedule's jobs with a payload of one type.</summary>
internal sealed class OccurrenceSource<TData>(AdmissionQueue queue, string name, JobSettings settings, TData data) : OccurrenceSource(queue, name, settings)
{
    public override long Add(Occurrence occurrence, TimeSpan delay, JobWaiter waiter)
    {
        JobDefinition definition = new(Name, Settings) { Occurrence = occurrence };
        return Queue.Jobs.Add(Queue, definition, Settings.Priority, delay, null, data, waiter);
    }
}
