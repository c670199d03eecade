namespace Conveyor.Fast.Throughput.Measuring;

/// <summary>Which of a row's figures its target is about.</summary>
internal enum Unit
{
    TimesBaseline,
    Nanoseconds,
    Bytes,
}
