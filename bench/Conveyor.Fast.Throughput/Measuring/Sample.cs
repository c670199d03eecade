namespace Conveyor.Fast.Throughput.Measuring;

/// <summary>What one run of a workload cost.</summary>
internal readonly record struct Sample(double NanosecondsPerJob, double BytesPerJob);
