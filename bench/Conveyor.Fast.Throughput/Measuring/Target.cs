namespace Conveyor.Fast.Throughput.Measuring;

/// <summary>The most a row's figure may be, and how the table words it.</summary>
internal sealed record Target(Unit Unit, double AtMost, string Text)
{
    public static Target Times(double factor) => new(Unit.TimesBaseline, factor, $"at most {factor:0.0#}x");
}
