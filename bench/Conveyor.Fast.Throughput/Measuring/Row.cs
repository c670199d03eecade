using System.Text.Json.Serialization;

namespace Conveyor.Fast.Throughput.Measuring;

/// <summary>
/// A scenario's figures as they are printed. They are rounded first and everything else, <see cref="Met"/> above all,
/// is computed from the rounded ones, so that a reader comes to the same verdict. Spread and differences are percent.
/// </summary>
internal sealed record Row
{
    /// <summary>Above this many percent of spread or A/A difference a row proves nothing.</summary>
    public const double NoiseLimitPercent = 10;

    public required string Scenario { get; init; }

    public double? NsPerJob { get; init => field = Round(value, 1); }

    /// <summary>Of the runs of the figure that the target is about: (p75 - p25) / median.</summary>
    public required double Spread { get; init => field = Math.Round(value, 1); }

    public required double BytesPerJob { get; init => field = Math.Round(value, 3); }

    /// <summary>With the descriptors built while the clock runs; no target.</summary>
    public double? NsPerJobBuiltInside { get; init => field = Round(value, 1); }

    public string? Baseline { get; init; }

    public double? BaselineNsPerJob { get; init => field = Round(value, 1); }

    /// <summary>The baseline's own two series against each other.</summary>
    public double? AaDifference { get; init => field = Round(value, 1); }

    public double? Ratio => NsPerJob is { } own && BaselineNsPerJob is > 0 ? Math.Round(own / BaselineNsPerJob.Value, 2) : null;

    public string Target => Goal.Text;

    public bool Measurable => Spread <= NoiseLimitPercent && AaDifference is not > NoiseLimitPercent;

    public bool Met => Measurable && Figure <= Goal.AtMost;

    [JsonIgnore]
    public required Target Goal { get; init; }

    // Comparing with null is false: a missing figure meets nothing.
    private double? Figure => Goal.Unit switch
    {
        Unit.TimesBaseline => Ratio,
        Unit.Nanoseconds => NsPerJob,
        _ => BytesPerJob,
    };

    private static double? Round(double? value, int digits) => value is { } v ? Math.Round(v, digits) : null;
}
