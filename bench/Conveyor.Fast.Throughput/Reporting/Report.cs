using System.Runtime;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Reporting;

/// <summary>Prints the rows: a table that can go into a document as it is, or JSON.</summary>
internal static class Report
{
    private const int ThreadsOfTwoLoops = 3;

    private static readonly string[] s_heads =
        ["scenario", "ns/job", "spread", "B/job", "ns, built inside", "baseline", "baseline ns", "A/A", "ratio", "target", "met"];

    // Relaxed escaping: a reader who searches for a scenario's name must find it as it is.
    private static readonly JsonWriterOptions s_jsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    public static void WriteJson(Stream output, IReadOnlyList<Row> rows)
    {
        using (var writer = new Utf8JsonWriter(output, s_jsonOptions))
        {
            JsonSerializer.Serialize(writer, rows, RowJsonContext.Default.IReadOnlyListRow);
        }

        output.Write("\n"u8);
    }

    public static void WriteTable(TextWriter output, IReadOnlyList<Row> rows)
    {
        List<string[]> lines = [s_heads, .. rows.Select(ToCells)];
        int[] widths = [.. Enumerable.Range(0, s_heads.Length).Select(column => lines.Max(cells => cells[column].Length))];
        string[] rule = [.. widths.Select(width => new string('-', width))];
        lines.Insert(1, rule);

        WriteMachine(output);
        foreach (string[] cells in lines)
        {
            output.WriteLine($"| {string.Join(" | ", cells.Select((cell, column) => cell.PadRight(widths[column])))} |");
        }

        WriteLegend(output);
    }

    private static string[] ToCells(Row row) =>
    [
        row.Scenario,
        Text(row.NsPerJob, "0.0"),
        Text(row.Spread, "0.0") + " %",
        Text(row.BytesPerJob, "0.###"),
        Text(row.NsPerJobBuiltInside, "0.0"),
        row.Baseline ?? "",
        Text(row.BaselineNsPerJob, "0.0"),
        row.AaDifference is null ? "" : Text(row.AaDifference, "0.0") + " %",
        Text(row.Ratio, "0.00"),
        row.Target,
        !row.Measurable ? "not measurable" : row.Met ? "yes" : "no",
    ];

    private static string Text(double? value, string format) => value?.ToString(format) ?? "";

    private static void WriteMachine(TextWriter output)
    {
        string collector = GCSettings.IsServerGC ? "server GC" : "workstation GC";
        output.WriteLine(
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors, "
            + $"{RuntimeInformation.FrameworkDescription}, {collector}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}");
        output.WriteLine();
    }

    private static void WriteLegend(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(
            $"""
            Medians over runs; baseline, subject and baseline again alternate in one process after a second of warm-up each,
            and every run's answer is checked. Spread: (p75 - p25) / median of the runs of the figure the target is about.
            A/A: the baseline's two series against each other. A row with more than {Row.NoiseLimitPercent} % of either, after repeats, is
            not measurable and not met. Built inside: the same with the flow descriptors built while the clock runs.
            The promotion row's ns are from the child's end to the parent's start, less the cost of reading the clock.
            The drift row's ns are the most that a start lay off its slot.
            """);
        if (Environment.ProcessorCount < ThreadsOfTwoLoops)
        {
            output.WriteLine($"One producer and 2 worker loops are {ThreadsOfTwoLoops} threads on {Environment.ProcessorCount} processors.");
        }
    }
}
