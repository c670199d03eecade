namespace Conveyor.Fast.Throughput.Scenarios;

/// <summary>
/// Checks first in, first out without weighing on the run: every 64th id is noted where it is added and where it runs,
/// and the two lists are compared outside the clock. The adding thread writes one, the running thread the other.
/// </summary>
internal sealed class OrderProbe
{
    private const int NoteEvery = 64;
    private const int Notes = 1 << 15;

    private readonly JobId[] _added = new JobId[Notes];
    private readonly JobId[] _ran = new JobId[Notes];
    private long _jobsAdded;
    private long _jobsCompared;
    private long _jobsRun;

    public long JobsRun => _jobsRun;

    public void Added(JobHandle job)
    {
        if (_jobsAdded % NoteEvery == 0)
        {
            _added[_jobsAdded / NoteEvery % Notes] = job.Id;
        }

        _jobsAdded++;
    }

    public void Ran(Job job)
    {
        if (_jobsRun % NoteEvery == 0)
        {
            _ran[_jobsRun / NoteEvery % Notes] = job.Id;
        }

        _jobsRun++;
    }

    /// <summary>Of the jobs run since the last call, how many noted ones were not those added in their place.</summary>
    public int CountOutOfOrder()
    {
        int wrong = 0;
        for (; _jobsCompared < _jobsRun; _jobsCompared += NoteEvery)
        {
            long note = _jobsCompared / NoteEvery % Notes;
            wrong += _added[note].Equals(_ran[note]) ? 0 : 1;
        }

        return wrong;
    }
}
