using System.Diagnostics;

namespace Conveyor.Fast.Concurrency.Tests.Soak;

/// <content>Producers, and people who meddle with what they have produced.</content>
internal sealed partial class SoakRun
{
    private static readonly JobState[] s_cleaned = [JobState.Waiting, JobState.Delayed, JobState.Completed, JobState.Failed, JobState.Canceled];

    /// <summary>Does one of the things people do to a job; it may be anywhere.</summary>
    public void Act(Random random, JobHandle job)
    {
        try
        {
            switch (random.Next(10))
            {
                case 0 or 1:
                    job.Cancel(includeChildren: random.Next(2) == 0);
                    break;
                case 2:
                    job.Remove(keepChildren: random.Next(2) == 0);
                    break;
                case 3:
                    Follow(random.Next(3) switch
                    {
                        0 => job.WaitUntilFinishedAsync().AsTask(),
                        1 => job.WaitUntilFinishedAsync<object?>().AsTask(),
                        _ => job.WaitUntilFinishedAsync<object?>(TimeSpan.FromMilliseconds(random.Next(5))).AsTask(),
                    });
                    break;
                case 4:
                    job.Promote();
                    break;
                case 5:
                    job.ChangeDelay(TimeSpan.FromMilliseconds(random.Next(1, 4)));
                    break;
                case 6:
                    job.ChangePriority(random.Next(-3, 12), toFront: random.Next(2) == 0);
                    break;
                default:
                    if (job.TryGetInfo(out JobInfo? info) && info.Data is HandlerAutomaton automaton)
                    {
                        automaton.AllowRestart();
                        job.Retry(includeCompleted: random.Next(2) == 0);
                    }

                    break;
            }
        }
        catch (ConveyorException refusal) when (refusal is InvalidJobStateException or JobNotFoundException)
        {
            // It was elsewhere by then.
        }
    }

    /// <summary>Runs a job for its value; who has waited too long cancels it.</summary>
    private static async Task RunAsync(JobQueue queue, JobRequest<HandlerAutomaton> request, TimeSpan patience)
    {
        using CancellationTokenSource source = new(patience);
        await queue.RunAsync<HandlerAutomaton, object?>(request.Name, request.Data, request.Options, source.Token);
    }

    /// <summary>Every wait that has begun is to end.</summary>
    private void Follow(Task wait)
    {
        Interlocked.Increment(ref _waitsBegun);
        wait.ContinueWith(_ => Interlocked.Increment(ref _waitsEnded), TaskScheduler.Default);
    }

    private void Produce(Random random)
    {
        ForestMaker forests = new(Faults, random);
        while (!IsOver)
        {
            if (CountUnfinished() > MostUnfinished)
            {
                Thread.Yield();
            }
            else if (random.Next(4) == 0)
            {
                AddPlain(random);
            }
            else
            {
                Keep(_flows.Add(forests.NextFlow()));
            }
        }
    }

    private void Trouble(Random random)
    {
        while (!IsOver)
        {
            if (_jobs.TryDequeue(out JobHandle job))
            {
                Act(random, job);
            }
            else
            {
                Thread.Yield();
            }

            if (random.Next(50) == 0)
            {
                Hanging.LetGo();
            }

            if (random.Next(200) == 0)
            {
                Keep(_schedules.Change(random));
            }

            if (random.Next(2_000) == 0)
            {
                Sweep(random);
            }
        }
    }

    /// <summary>Does one of the things people do to a whole queue.</summary>
    private void Sweep(Random random)
    {
        JobQueue queue = _store.GetQueue(ForestMaker.Queues[random.Next(ForestMaker.Queues.Length)]);
        switch (random.Next(30))
        {
            case 0:
                queue.Drain(keepDelayed: random.Next(2) == 0);
                break;
            case 1:
                Obliterate(queue, force: random.Next(2) == 0);
                break;
            case < 6:
                queue.Clean(s_cleaned[random.Next(s_cleaned.Length)], TimeSpan.Zero, limit: 50);
                break;
            case < 10:
                queue.PromoteJobs();
                break;
            case < 14:
                queue.Pause();
                break;
            default:
                queue.Resume();
                break;
        }
    }

    private static void Obliterate(JobQueue queue, bool force)
    {
        try
        {
            queue.Obliterate(force);
        }
        catch (InvalidJobStateException) when (!force)
        {
            // Something runs.
        }
    }

    /// <summary>Pauses, resumes, resizes and replaces workers, and cancels all that one runs; a closed one is closed at once or with its handlers' leave.</summary>
    private void Switch(Random random)
    {
        long letGo = Stopwatch.GetTimestamp();
        while (!IsOver)
        {
            if (Stopwatch.GetElapsedTime(letGo) > s_longHang)
            {
                letGo = Stopwatch.GetTimestamp();
                _hangingLong.LetGo();
            }

            int place = random.Next(_workers.Length);
            Worker worker = _workers[place]!;
            switch (random.Next(5))
            {
                case 0 when random.Next(2) == 0:
                    Follow(worker.PauseAsync());
                    break;
                case 0:
                    worker.Pause();
                    break;
                case 4 when random.Next(20) == 0:
                    worker.CancelJobs("a change of plans");
                    break;
                case 1:
                    worker.Concurrency = random.Next(1, s_loopsPerQueue);
                    break;
                case 2 when random.Next(5) == 0:
                    worker.CloseAsync(random.Next(2) == 0 ? TimeSpan.Zero : Timeout.InfiniteTimeSpan);
                    _workers[place] = Hire(place);
                    Hanging.LetGo();
                    break;
                default:
                    worker.Resume();
                    break;
            }

            Thread.SpinWait(random.Next(50_000));
            Thread.Yield();
        }
    }

    /// <summary>Stores of their own, each disposed by a handler in the middle of its work.</summary>
    private void DisposeStores(Random random)
    {
        while (!IsOver)
        {
            DisposedStore.LiveAndDie(Faults, random.Next(1, 20));
        }
    }
}
