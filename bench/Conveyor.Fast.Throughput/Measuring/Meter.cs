using System.Diagnostics;

namespace Conveyor.Fast.Throughput.Measuring;

/// <summary>
/// Measures a row: warms each side up for a second, then runs baseline, subject and baseline again in rounds, the order
/// rotating, so that whatever drifts hits all three alike. The two series of the baseline are the A/A control.
/// </summary>
/// <remarks>
/// A round starts every run with a full collection, outside the clock: nobody pays for another's garbage, but each for
/// its own. A measurement too noisy to prove anything is repeated, up to three times and while that leaves time for the
/// rows to come; which one is kept depends on the noise alone, never on the ratio.
/// </remarks>
internal sealed class Meter(TimeSpan programTime)
{
    private const int MostRounds = 40;
    private const int MostRepeats = 3;

    // The figure without a target needs no tight median.
    private const int RoundsPerBuiltInside = 3;

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_rounds = TimeSpan.FromSeconds(1.6);

    // What a row takes that is not repeated.
    private static readonly TimeSpan s_row = TimeSpan.FromSeconds(5);

    private readonly long _started = Stopwatch.GetTimestamp();

    public Row Measure(Scenario scenario, int rowsToCome)
    {
        using Workload subject = scenario.Subject();
        using Workload? baseline = scenario.Baseline?.Invoke();
        using Workload? builtInside = scenario.BuiltInside?.Invoke();

        WarmUp(subject);
        WarmUp(baseline);
        WarmUp(builtInside);

        var own = new Series(subject);
        var inside = builtInside is null ? null : new Series(builtInside);
        Series[] control = baseline is null ? [] : [new Series(baseline), new Series(baseline)];

        Row row = MeasureOnce(scenario, own, control, inside);
        for (int repeat = 0; repeat < MostRepeats && !row.Measurable && HasTime(rowsToCome); repeat++)
        {
            row = MeasureOnce(scenario, own, control, inside);
        }

        return row;
    }

    private static Row MeasureOnce(Scenario scenario, Series own, Series[] control, Series? inside)
    {
        Series[] alternating = [own, .. control];
        foreach (Series series in alternating)
        {
            series.Clear();
        }

        long started = Stopwatch.GetTimestamp();
        for (int round = 0; IsAnotherRoundDue(round, own.Workload, started); round++)
        {
            for (int place = 0; place < alternating.Length; place++)
            {
                Series next = alternating[(round + place) % alternating.Length];
                next.Add(RunOnce(next.Workload));
            }

            if (inside is not null && round % RoundsPerBuiltInside == 0)
            {
                inside.Add(RunOnce(inside.Workload));
            }
        }

        return ToRow(scenario, own, control, inside);
    }

    private static bool IsAnotherRoundDue(int round, Workload subject, long started) =>
        round < subject.FewestRounds || (subject.Timed && round < MostRounds && Stopwatch.GetElapsedTime(started) < s_rounds);

    private static Row ToRow(Scenario scenario, Series own, Series[] control, Series? inside)
    {
        IEnumerable<double> judged = scenario.Target.Unit == Unit.Bytes ? own.Bytes : own.Nanoseconds;
        bool compared = control.Length > 0;
        return new Row
        {
            Scenario = scenario.Name,
            Goal = scenario.Target,
            NsPerJob = own.Workload.Timed ? Statistics.Median(own.Nanoseconds) : null,
            BytesPerJob = Statistics.Median(own.Bytes),
            Spread = Statistics.SpreadPercent(judged),
            NsPerJobBuiltInside = inside is null ? null : Statistics.Median(inside.Nanoseconds),
            Baseline = scenario.BaselineName,
            BaselineNsPerJob = compared ? Statistics.Median(control.SelectMany(series => series.Nanoseconds)) : null,
            AaDifference = compared
                ? Statistics.DifferencePercent(Statistics.Median(control[0].Nanoseconds), Statistics.Median(control[1].Nanoseconds))
                : null,
        };
    }

    private static void WarmUp(Workload? workload)
    {
        if (workload is not { WarmsUp: true })
        {
            return;
        }

        TimeSpan ran = TimeSpan.Zero;
        while (ran < s_warmUp)
        {
            workload.Prepare();
            long started = Stopwatch.GetTimestamp();
            workload.Run();
            ran += Stopwatch.GetElapsedTime(started);
            workload.Check();
        }
    }

    private static Sample RunOnce(Workload workload)
    {
        workload.Prepare();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        GC.WaitForPendingFinalizers();

        long allocated = AllocatedBytes(workload);
        long started = Stopwatch.GetTimestamp();
        workload.Run();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        allocated = AllocatedBytes(workload) - allocated;

        var sample = new Sample(workload.NanosecondsPerJob(elapsed), workload.BytesPerJob(allocated));
        workload.Check();
        return sample;
    }

    private static long AllocatedBytes(Workload workload) =>
        workload.OneThread ? GC.GetAllocatedBytesForCurrentThread() : GC.GetTotalAllocatedBytes(precise: true);

    private bool HasTime(int rowsToCome) => Stopwatch.GetElapsedTime(_started) + (s_row * (rowsToCome + 1)) < programTime;
}
