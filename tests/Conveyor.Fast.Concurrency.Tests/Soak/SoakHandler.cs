namespace Conveyor.Fast.Concurrency.Tests.Soak;

/// <summary>What handlers do: return, await, throw, fail for good, hang, and call the store they run in.</summary>
internal sealed class SoakHandler(SoakRun run)
{
    public object? Handle(Job job)
    {
        HandlerAutomaton automaton = job.GetData<HandlerAutomaton>();
        automaton.Enter(job);
        try
        {
            return End(job, new Random(HashCode.Combine(automaton.Seed, job.AttemptsMade)));
        }
        finally
        {
            automaton.Leave();
            run.NoteRun();
        }
    }

    public async ValueTask<object?> HandleAsync(Job job, CancellationToken cancellationToken)
    {
        HandlerAutomaton automaton = job.GetData<HandlerAutomaton>();
        automaton.Enter(job);
        try
        {
            Random random = new(HashCode.Combine(automaton.Seed, job.AttemptsMade));
            switch (random.Next(12))
            {
                case 0:
                    await run.Hanging.HangAsync();
                    break;
                case < 4:
                    await Task.Yield();
                    break;
            }

            cancellationToken.ThrowIfCancellationRequested();
            return End(job, random);
        }
        finally
        {
            automaton.Leave();
            run.NoteRun();
        }
    }

    private object? End(Job job, Random random)
    {
        switch (random.Next(16))
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
        }

        return "done";
    }
}
