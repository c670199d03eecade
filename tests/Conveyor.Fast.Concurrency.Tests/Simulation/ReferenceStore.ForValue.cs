namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Jobs that are run for their values. Rules 14, 22.</summary>
internal sealed partial class ReferenceStore
{
    private readonly Dictionary<string, ReferenceToken> _tokens = [];

    /// <summary>The wait begins with the job, before anybody hears of it; for one that is there already it is like any other.</summary>
    private string RunForValue(JobPlan plan, bool hasToken)
    {
        JobPlan[] plans = Fresh([plan]);
        ReferenceToken token = new();
        if (hasToken)
        {
            _tokens.Add(plans[0].Name, token);
        }

        if (!HasRoom(Added(plans)))
        {
            return "refused QueueFullException";
        }

        int place = _waits.Count;
        AddJobs(plans, job => Wait(job, null));
        token.Wait = _waits[place];
        if (token.HasFired)
        {
            LosePatience(plans[0].Name, token.Wait);
        }

        return "waits";
    }

    private string FireToken(string name)
    {
        if (!_tokens.TryGetValue(name, out ReferenceToken? token))
        {
            return "nothing";
        }

        token.HasFired = true;
        if (token.Wait is { } wait)
        {
            LosePatience(name, wait);
        }

        return "fired";
    }

    /// <summary>22: the job is canceled; the one of another add is left alone, and only the wait ends.</summary>
    private void LosePatience(string name, ReferenceWait wait)
    {
        if (wait.Outcome is not null)
        {
            return;
        }

        if (wait.Job!.Name == name)
        {
            Cancel(wait.Job, "The caller's token fired.", includeChildren: true);
        }
        else
        {
            wait.Outcome = "given up";
        }
    }
}
