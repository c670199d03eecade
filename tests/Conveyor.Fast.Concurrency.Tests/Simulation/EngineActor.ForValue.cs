namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Jobs that are run for their values.</summary>
internal sealed partial class EngineActor
{
    private readonly Dictionary<string, CancellationTokenSource> _tokens = [];

    /// <summary>The call does not tell which job it waits for.</summary>
    private string RunForValue(JobPlan plan, bool hasToken)
    {
        KnowPlans(plan);
        CancellationToken token = default;
        if (hasToken)
        {
            _tokens.Add(plan.Name, new CancellationTokenSource());
            token = _tokens[plan.Name].Token;
        }

        int place = _waits.Count; // Before the waits that a subscriber begins meanwhile.
        _waits.Insert(place, Store.GetQueue(plan.Queue).RunAsync<JobPlan, object?>(plan.Name, plan, OptionsOf(plan), token).AsTask());
        if (!_jobs.ContainsKey(plan.Name))
        {
            KnowAll(plan.Queue, JobState.Waiting, JobState.Delayed); // Who has moved it on knows it.
        }

        return "waits";
    }

    private string FireToken(string job)
    {
        if (!_tokens.TryGetValue(job, out CancellationTokenSource? source))
        {
            return "nothing";
        }

        source.Cancel();
        return "fired";
    }
}
