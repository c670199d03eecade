using System.Diagnostics;
using System.Globalization;

namespace Conveyor.Fast.Concurrency.Tests;

/// <summary>
/// How much each technique does: sizes fit for every build, or, if CONVEYOR_EVIDENCE_SECONDS is set, as much as fits into
/// so many seconds for each. A technique loops while <see cref="MayGoOn"/> and reports what it has done.
/// </summary>
internal sealed class Budget
{
    public const string SecondsVariable = "CONVEYOR_EVIDENCE_SECONDS";
    private const string ReportVariable = "CONVEYOR_EVIDENCE_REPORT";
    private readonly TimeSpan? _limit;
    private readonly string? _reportPath;
    private readonly Lock _lock = new();

    private Budget(string? seconds, string? reportPath)
    {
        _limit = string.IsNullOrEmpty(seconds) ? null : TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture));
        _reportPath = string.IsNullOrEmpty(reportPath) ? null : reportPath;
    }

    public static Budget Current { get; } = new(global::System.Environment.GetEnvironmentVariable(SecondsVariable), global::System.Environment.GetEnvironmentVariable(ReportVariable));

    /// <summary>Random schedules of each scenario of the explorer.</summary>
    public long Schedules => SizeOr(2_000);

    /// <summary>Parallel histories held against a sequential model.</summary>
    public long Histories => SizeOr(100_000);

    /// <summary>Simulated operations held against the reference model.</summary>
    public long Operations => SizeOr(1_000_000);

    /// <summary>Meetings of threads at one point.</summary>
    public long Races => SizeOr(100_000);

    /// <summary>The same where both sides may settle an edge, so that the meeting decides it.</summary>
    public long DecisiveRaces => SizeOr(1_000_000);

    /// <summary>Random programs of calls.</summary>
    public long Programs => SizeOr(6_000);

    /// <summary>Random and mutated flow files.</summary>
    public long FlowFiles => SizeOr(40_000);

    public double SoakSeconds => _limit?.TotalSeconds ?? 60;

    /// <summary>
    /// Whether a technique that began at that timestamp and has done so much of its size goes on. A technique of several
    /// tests gives each a share of the time.
    /// </summary>
    public bool MayGoOn(long done, long size, long begun, double share = 1) =>
        done < size && (_limit is not { } limit || Stopwatch.GetElapsedTime(begun) < limit * share);

    /// <summary>Writes 'technique: figure' to the test's output and to the report, if one is asked for.</summary>
    public void Report(string technique, string figure)
    {
        string line = $"{technique}: {figure}";
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (_reportPath is not null)
        {
            lock (_lock)
            {
                File.AppendAllText(_reportPath, line + global::System.Environment.NewLine);
            }
        }
    }

    /// <summary>With a time limit there is no other.</summary>
    private long SizeOr(long size) => _limit is null ? size : long.MaxValue;
}
