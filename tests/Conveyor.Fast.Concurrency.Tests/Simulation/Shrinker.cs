namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Makes a failing story small: leaves out steps, then parts of steps, as long as it still fails.</summary>
internal static class Shrinker
{
    public static Story Shrink(Story story, Func<Story, bool> fails)
    {
        Story before;
        do
        {
            before = story;
            story = LeaveOutSteps(story, fails);
            story = SimplifySteps(story, fails);
        }
        while (story != before);

        return story;
    }

    /// <summary>Delta debugging: ever smaller stretches are left out.</summary>
    private static Story LeaveOutSteps(Story story, Func<Story, bool> fails)
    {
        for (int length = story.Operations.Count / 2; length > 0; length /= 2)
        {
            for (int start = story.Operations.Count - length; start >= 0; start -= length)
            {
                Story shorter = story with { Operations = [.. story.Operations.Where((_, i) => i < start || i >= start + length)] };
                if (fails(shorter))
                {
                    story = shorter;
                    start = Math.Min(start, story.Operations.Count);
                }
            }
        }

        return story;
    }

    private static Story SimplifySteps(Story story, Func<Story, bool> fails)
    {
        for (int i = 0; i < story.Operations.Count; i++)
        {
            while (SimplerSteps(story.Operations[i]).Select(step => Replace(story, i, step)).FirstOrDefault(fails) is { } simpler)
            {
                story = simpler;
            }
        }

        return story;
    }

    private static Story Replace(Story story, int place, Operation step) =>
        story with { Operations = [.. story.Operations.Select((other, i) => i == place ? step : other)] };

    private static IEnumerable<Operation> SimplerSteps(Operation step) => step switch
    {
        Operation.Add add => SimplerLists(add.Jobs).Select(jobs => add with { Jobs = jobs }),
        Operation.AddFlow add => SimplerLists(add.Roots).Select(roots => add with { Roots = roots }),
        Operation.AddSchedule add => SimplerJobs(add.Job).Select(job => add with { Job = job }),
        Operation.Run run => SimplerJobs(run.Job).Select(job => run with { Job = job }).Append(run with { HasToken = false }).Where(other => other != run),
        _ => [],
    };

    private static IEnumerable<JobPlan[]> SimplerLists(JobPlan[] plans, int least = 1)
    {
        for (int i = 0; i < plans.Length; i++)
        {
            if (plans.Length > least)
            {
                yield return [.. plans.Where((_, other) => other != i)];
            }

            foreach (JobPlan simpler in SimplerJobs(plans[i]))
            {
                yield return [.. plans.Select((plan, other) => other == i ? simpler : plan)];
            }
        }
    }

    private static IEnumerable<JobPlan> SimplerJobs(JobPlan plan)
    {
        JobPlan plain = new(plan.Name, plan.Queue) { Children = plan.Children };
        JobPlan[] simpler =
        [
            plain,
            plan with { Runs = plain.Runs },
            .. plan.Runs.Select(run => plan with { Runs = [run] }),
            .. plan.Runs.SelectMany((run, i) => run.Inside.Select((_, left) => ReplaceRun(plan, i, run with { Inside = [.. run.Inside.Where((_, k) => k != left)] }))),
            .. plan.Runs.Select((run, i) => ReplaceRun(plan, i, run with { HasThrowingCallback = false })),
            .. plan.Reactions.Select((_, left) => plan with { Reactions = [.. plan.Reactions.Where((_, i) => i != left)] }),
            .. plan.Reactions.SelectMany((reaction, i) => reaction.Acts.Select((_, left) => ReplaceReaction(plan, i, reaction with { Acts = [.. reaction.Acts.Where((_, k) => k != left)] }))),
            plan with { Priority = null },
            plan with { Lifo = false },
            plan with { Attempts = 1 },
            plan with { Backoff = null },
            plan with { Custom = CustomBackoff.None },
            plan with { Delay = null, DelaysByCall = false },
            plan with { DelaysByCall = false },
            plan with { TimeLimit = null },
            plan with { MaxStalls = null },
            plan with { CustomId = null },
            plan with { Key = null },
            plan with { Policy = ChildFailurePolicy.Fail },
            plan with { KeepCompleted = null },
            plan with { KeepFailed = null },
            plan with { KeepMinutes = null },
            .. SimplerLists(plan.Children, least: 0).Select(children => plan with { Children = children }),
        ];
        return simpler.Where(other => other.ToString().Length < plan.ToString().Length);
    }

    private static JobPlan ReplaceReaction(JobPlan plan, int place, Reaction reaction) =>
        plan with { Reactions = [.. plan.Reactions.Select((other, i) => i == place ? reaction : other)] };

    private static JobPlan ReplaceRun(JobPlan plan, int place, RunPlan run) =>
        plan with { Runs = [.. plan.Runs.Select((other, i) => i == place ? run : other)] };
}
