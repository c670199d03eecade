using System.Runtime.InteropServices;

namespace Conveyor.Fast.Jobs;

/// <summary>What is written at admission and read seldom, so that a run of a plain job leaves it alone; and an inline result.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct JobDetails
{
    /// <summary>Where <see cref="DataBits"/> lies.</summary>
    public const int DataOffset = sizeof(long);

    /// <summary>UTC ticks.</summary>
    public long Created;

    /// <summary>An inline payload (<see cref="ValueCell"/>).</summary>
    public long DataBits;

    /// <summary>An inline result, or the child through which the job failed. Written by the owner of the run or of the terminal step.</summary>
    public long ResultBits;

    /// <summary>The flow block that lists the children and makes the flow visible; 0 for none.</summary>
    public int Block;

    public int FirstChild;
    public int ChildCount;
}
