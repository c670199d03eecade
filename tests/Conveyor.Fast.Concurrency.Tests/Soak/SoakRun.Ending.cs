using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Concurrency.Tests.Soak;

/// <content>The end of a phase: everything ends by itself and is looked at.</content>
internal sealed partial class SoakRun
{
    /// <summary>Waits for threads that end by themselves, as long as jobs go on settling.</summary>
    private void Watch(Thread[] threads) => Await(Task.Run(() => Array.ForEach(threads, static thread => thread.Join())), "the threads' end");

    /// <summary>
    /// Waits for every unfinished job; none may be left for ever. Only handlers act by now, so when two looks find nothing
    /// and nothing has run meanwhile, there is nothing.
    /// </summary>
    private void EndAll()
    {
        long ran;
        do
        {
            ran = Ran;
            foreach (JobInfo info in Unfinished())
            {
                Await(info.Job.WaitUntilFinishedAsync().AsTask().ContinueWith(static _ => { }, TaskScheduler.Default), $"the end of {info}");
            }
        }
        while (CountUnfinished() + CountUnfinished() != 0 || Ran != ran);
        Await(_store.WaitUntilIdleAsync().AsTask(), "idleness");
    }

    /// <summary>As long as there is progress, time does not matter. Without any, everything is told and the run has failed.</summary>
    private void Await(Task task, string what)
    {
        long ran = -1;
        while (!task.Wait(s_stuckAfter))
        {
            Assert.True(Ran != ran, $"Nothing has run for {s_stuckAfter} while waiting for {what}. {Describe()}");
            ran = Ran;
        }
    }

    private IEnumerable<JobInfo> Unfinished() =>
        from name in ForestMaker.Queues
        from state in new[] { JobState.WaitingChildren, JobState.Delayed, JobState.Waiting, JobState.Active }
        from info in _store.GetQueue(name).GetJobs(state)
        select info;

    private long CountUnfinished() => ForestMaker.Queues.Sum(name => _store.GetQueue(name).GetJobCounts() is var counts ? counts.Waiting + counts.WaitingChildren + counts.Delayed + counts.Active : 0);

    private string Describe() => string.Join(Environment.NewLine,
    [
        .. ForestMaker.Queues.Select(name => $"queue {name}: {_store.GetQueue(name).GetJobCounts()}"),
        .. _workers.Select(static worker => $"worker {worker!.Name}: running {worker.IsRunning}, paused {worker.IsPaused}, concurrency {worker.Concurrency}"),
        .. Unfinished().Take(20).Select(static info => info.ToString()),
        Faults.ToString(),
    ]);

    private void Check()
    {
        // A loop that a close has woken once more may still be on its way back to rest.
        Assert.True(SpinWait.SpinUntil(() => _store.Engine.Dispatcher.Runs.Rented == _store.Engine.Dispatcher.Runs.Returned, s_stuckAfter), $"{_store.Engine.Dispatcher.Runs.Rented} runs were rented and {_store.Engine.Dispatcher.Runs.Returned} returned");
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _waitsBegun) == Volatile.Read(ref _waitsEnded), s_stuckAfter), $"{_waitsBegun} waits have begun and {_waitsEnded} ended");
        _book?.Check(_store);
        Assert.True(Faults.IsEmpty, Faults.ToString());
        IntegrityChecker.Check(_store);
    }
}
