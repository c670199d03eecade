using System.Runtime.InteropServices;

namespace Conveyor.Fast.Jobs;

/// <summary>What is written once or twice in a job's life and read seldom. Written by the owner of the run or of the terminal step.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct JobDetails
{
    /// <summary>UTC ticks of the latest run's start, 0 before the first.</summary>
    public long Started;

    /// <summary>UTC ticks of the end; while the job is Delayed, its due time as a timestamp of the clock.</summary>
    public long Ended;

    /// <summary>An inline payload (<see cref="ValueCell"/>).</summary>
    public long DataBits;

    /// <summary>An inline result, or the child through which the job failed.</summary>
    public long ResultBits;

    /// <summary>The worker that ran it last, 0 for none.</summary>
    public long Worker;
}
