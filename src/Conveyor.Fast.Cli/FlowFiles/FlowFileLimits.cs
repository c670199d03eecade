namespace Conveyor.Fast.Cli.FlowFiles;

/// <summary>How large a flow file may be. Whatever is over is refused before a job exists.</summary>
internal static class FlowFileLimits
{
    public const int MaxLevels = 1_000;

    public const int MaxJobs = 1_000_000;

    /// <summary>Every queue gets a worker, and an engine has room for so many queues.</summary>
    public const int MaxQueues = 65_536;

    /// <summary>A timer takes no more.</summary>
    public static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(49);

    /// <summary>A level takes two brackets; the rest is for the payloads.</summary>
    public const int MaxJsonDepth = (2 * MaxLevels) + 2_000;

    /// <summary>The reader works on one block of memory.</summary>
    public const int MaxFileBytes = 1 << 30;

    /// <summary>The engine's bound for names of queues and custom ids.</summary>
    public const int MaxIdLength = 255;
}
