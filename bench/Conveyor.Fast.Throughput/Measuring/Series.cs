namespace Conveyor.Fast.Throughput.Measuring;

/// <summary>All runs of one workload in one measurement.</summary>
internal sealed class Series(Workload workload)
{
    private readonly List<Sample> _samples = [];

    public Workload Workload => workload;

    public IEnumerable<double> Nanoseconds => _samples.Select(sample => sample.NanosecondsPerJob);

    public IEnumerable<double> Bytes => _samples.Select(sample => sample.BytesPerJob);

    public void Add(Sample sample) => _samples.Add(sample);

    public void Clear() => _samples.Clear();
}
