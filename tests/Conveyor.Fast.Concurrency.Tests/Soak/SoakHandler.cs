namespace Conveyor.Fast.Concurrency.Tests.Soak;

/// <summary>What handlers do: return, await, throw, fail or move their job, hang, and call the store they run in.</summary>
internal sealed class SoakHandler(SoakRun run)
{
    public object? Handle(Job job)
    {
        HandlerAutomaton automaton = Enter(job);
        try
        {
            return End(job, automaton, new Random(automaton.NextSeed()));
        }
        finally
        {
            automaton.Leave();
            run.NoteRun();
        }
    }

    public async ValueTask<object?> HandleAsync(Job job, CancellationToken cancellationToken)
    {
        HandlerAutomaton automaton = Enter(job);
        try
        {
            Random random = new(automaton.NextSeed());
            switch (random.Next(12))
            {
                case 0:
                    await run.Hanging.HangAsync();
                    break;
                case 1 when random.Next(20) == 0:
                    await run.HangLongAsync();
                    break;
                case < 4:
                    await Task.Yield();
                    break;
            }

            cancellationToken.ThrowIfCancellationRequested();
            return End(job, automaton, random);
        }
        finally
        {
            automaton.Leave();
            run.NoteRun();
        }
    }

    private static HandlerAutomaton Enter(Job job)
    {
        HandlerAutomaton automaton = job.GetData<HandlerAutomaton>();
        if (job.ScheduleId is not null)
        {
            return new HandlerAutomaton(new FaultList(), automaton.NextSeed()); // All jobs of a schedule share one.
        }

        automaton.Enter(job);
        return automaton;
    }

    private object? End(Job job, HandlerAutomaton automaton, Random random)
    {
        switch (random.Next(20))
        {
            case 0 or 1:
                throw new InvalidOperationException("failed");
            case 2:
                throw new UnrecoverableJobException("failed for good");
            case 3:
                run.Act(random, job.Handle);
                break;
            case 4 when job.TryGetParent(out JobHandle parent):
                run.Act(random, parent);
                break;
            case 5:
                run.AddPlain(random);
                break;
            case 6:
                foreach (JobChild child in job.Children)
                {
                    run.Act(random, child.Job);
                }

                break;
            case 7:
                job.MoveToFailed("failed by hand");
                break;
            case 8:
                job.Discard();
                throw new InvalidOperationException("failed without another attempt");
            case 9 when random.Next(2) == 0:
                automaton.AllowRestart();
                job.MoveToWaiting();
                break;
            case 9:
                automaton.AllowRestart();
                job.MoveToDelayed(TimeSpan.FromMilliseconds(random.Next(3)));
                break;
        }

        return "done";
    }
}
