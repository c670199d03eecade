namespace Conveyor.Fast.Throughput.Measuring;

/// <summary>Robust figures: a run that another tenant of the machine disturbed must not move them.</summary>
internal static class Statistics
{
    public static double Median(IEnumerable<double> values) => Quantile([.. values.Order()], 0.5);

    /// <summary>
    /// Mean of all but the lowest and the highest twentieth: as robust as a median and finer than the clock's grain,
    /// which the median of single readings falls on.
    /// </summary>
    public static double TrimmedMean(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int cut = sorted.Length / 20;
        return sorted[cut..^cut].Average();
    }

    /// <summary>(p75 - p25) / median, in percent; 0 when all values agree.</summary>
    public static double SpreadPercent(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        double range = Quantile(sorted, 0.75) - Quantile(sorted, 0.25);
        return range == 0 ? 0 : Percent(range, Quantile(sorted, 0.5));
    }

    /// <summary>Difference of two medians of the same thing against their middle, in percent.</summary>
    public static double DifferencePercent(double first, double second) =>
        first == second ? 0 : Percent(Math.Abs(first - second), (first + second) / 2);

    /// <summary>The value below which that fraction of them lies.</summary>
    public static double Quantile(double[] sorted, double fraction)
    {
        double place = fraction * (sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }

    // A part of nothing is told as 100 %, so that it can still be printed and compared.
    private static double Percent(double part, double whole) => whole == 0 ? 100 : 100 * part / Math.Abs(whole);
}
