namespace Conveyor.Fast.Jobs;

/// <summary>Which jobs of a queue an operation on all of it is about.</summary>
/// <param name="Queue">The queue's number.</param>
/// <param name="States">A bit for each state.</param>
internal readonly record struct JobChoice(int Queue, int States)
{
    /// <summary>In ticks: only those that are in an ended state since then or longer, or were created by then.</summary>
    public long Until { get; private init; } = long.MaxValue;

    /// <summary>The queue is emptied: a parent that has come since the choice was made goes with its child.</summary>
    public bool TakesParents { get; private init; }

    /// <summary>Jobs of one state, as old as that.</summary>
    public static JobChoice Of(int queue, JobState state, long until = long.MaxValue) => new(queue, Bit(state)) { Until = until };

    /// <summary>All jobs of some states.</summary>
    public static JobChoice AllOf(int queue, params ReadOnlySpan<JobState> states)
    {
        int bits = 0;
        foreach (JobState state in states)
        {
            bits |= Bit(state);
        }

        return new JobChoice(queue, bits) { TakesParents = true };
    }

    public bool Takes(long word, in JobRecord record, in JobDetails details) =>
        record.Queue == Queue && (States & Bit(StateWord.Visible(word))) != 0 && (Until == long.MaxValue || TimeOf(word, record, details) <= Until);

    /// <summary>What the age of a job counts from.</summary>
    public static long TimeOf(long word, in JobRecord record, in JobDetails details) => StateWord.IsEnded(word) ? record.Ended : details.Created;

    private static int Bit(JobState state) => 1 << (int)state;
}
