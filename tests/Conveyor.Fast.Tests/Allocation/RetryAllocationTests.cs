using System.Diagnostics;
using System.Runtime.CompilerServices;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Allocation;

/// <summary>A throw allocates its stack trace whoever catches it, so retries are measured against bare throws from as deep.</summary>
public class RetryAllocationTests
{
    private static readonly InvalidOperationException s_error = new("the first attempt fails");

    [Fact]
    public void Retry_WithoutBackoffAndHistory_AllocatesNothingBeyondTheThrow()
    {
        long retries = Retry(null, history: 0);
        long throws = ThrowFrom(new StackTrace(s_error).FrameCount);
        Assert.True(retries <= throws, $"{AllocationGate.JobsPerRound} retries allocate {retries} bytes, as many bare throws {throws}");
    }

    [Fact]
    public void Retry_WithTheStandardHistory_AllocatesItsRecord()
    {
        const int most = 280;
        long retries = Retry(null, history: null);
        long throws = ThrowFrom(new StackTrace(s_error).FrameCount);
        Assert.InRange(retries - throws, 0, AllocationGate.JobsPerRound * most);
    }

    [Fact]
    public void Retry_ByAnAllocatingHandler_IsSeen()
    {
        long retries = Retry(AllocationGate.Allocate, history: 0);
        long throws = ThrowFrom(new StackTrace(s_error).FrameCount);
        Assert.InRange(retries, throws + AllocationGate.JobsPerRound * AllocationGate.SmallestObject, long.MaxValue);
    }

    private static long Retry(Action? probe, int? history)
    {
        using PumpedStore test = new();
        _ = new Worker(test.Store, "q", job => FailOnce(job, probe), new WorkerOptions { Mode = WorkerMode.Pumped });
        JobQueue queue = test.Queue("q");
        JobOptions twice = new() { Attempts = 2, AttemptHistory = history };
        return AllocationGate.BytesPerRound(() =>
        {
            JobHandle last = default;
            for (int i = 0; i < AllocationGate.JobsPerRound; i++)
            {
                last = queue.Add("job", twice);
            }

            test.Pump();
            if (last.State != JobState.Completed)
            {
                Assert.Fail($"the last job is {last.State}");
            }
        });
    }

    private static object? FailOnce(Job job, Action? probe)
    {
        if (job.AttemptsMade == 0)
        {
            probe?.Invoke();
            throw s_error;
        }

        return null;
    }

    private static long ThrowFrom(int frames) => AllocationGate.BytesPerRound(() =>
    {
        for (int i = 0; i < AllocationGate.JobsPerRound; i++)
        {
            try
            {
                _ = frames == 1 ? throw s_error : Descend(frames - 1); // This frame is one of them.
            }
            catch (InvalidOperationException)
            {
            }
        }

    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Descend(int frames) => frames <= 1 ? throw s_error : Descend(frames - 1) + 1;
}
