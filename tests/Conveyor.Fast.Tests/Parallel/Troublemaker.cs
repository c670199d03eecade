using System.Collections.Concurrent;

namespace Conveyor.Fast.Tests.Parallel;

/// <summary>Does to jobs by hand what users do, at any moment: cancels, removes, retries, waits and reads.</summary>
internal sealed class Troublemaker(ParallelRun run, int seed)
{
    private readonly Random _random = new(seed);
    private int _canceled;
    private int _removed;
    private int _retried;

    public int Canceled => _canceled;

    public int Removed => _removed;

    public int Retried => _retried;

    public void Run(ConcurrentQueue<JobHandle> jobs)
    {
        while (!run.IsOver)
        {
            if (jobs.TryDequeue(out JobHandle job))
            {
                Trouble(job);
                if (_random.Next(3) == 0)
                {
                    jobs.Enqueue(job);
                }
            }
            else
            {
                Thread.Yield();
            }
        }
    }

    private void Trouble(JobHandle job)
    {
        try
        {
            switch (_random.Next(8))
            {
                case 0 or 1:
                    _canceled += job.Cancel(includeChildren: _random.Next(2) == 0) ? 1 : 0;
                    break;
                case 2:
                    _removed += job.Remove(keepChildren: _random.Next(2) == 0) ? 1 : 0;
                    break;
                case 3 or 4:
                    Retry(job);
                    break;
                case 5:
                    Read(job);
                    break;
                case 6:
                    run.Watch(job.WaitUntilFinishedAsync());
                    break;
                default:
                    RetryChild(job);
                    break;
            }
        }
        catch (ConveyorException)
        {
            // Gone, or in another state by now.
        }
    }

    private void Retry(JobHandle job)
    {
        if (job.TryGetInfo(out JobInfo? info) && info.Data is JobProbe probe)
        {
            probe.NoteRetry();
            job.Retry(includeCompleted: _random.Next(2) == 0);
            _retried++;
        }
    }

    private void RetryChild(JobHandle job)
    {
        foreach (JobChild child in job.Children)
        {
            if (_random.Next(2) == 0)
            {
                Trouble(child.Job);
            }
        }
    }

    private void Read(JobHandle job)
    {
        if (job.TryGetInfo(out JobInfo? info) && (info.Data is not JobProbe || info.Id != job.Id))
        {
            run.Report($"{job.Id} reads as {info} with the payload {info.Data}");
        }

        if (job.TryGetResult(out string? value) && value != ParallelRun.Value)
        {
            run.Report($"{job.Id} has the value {value}");
        }
    }
}
