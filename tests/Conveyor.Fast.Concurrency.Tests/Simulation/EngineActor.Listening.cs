namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Subscribers: one that hears everything and acts, one that throws.</summary>
internal sealed partial class EngineActor
{
    private IDisposable? _listener;
    private IDisposable? _disturber;
    private readonly HashSet<Reaction> _reacted = new(ReferenceEqualityComparer.Instance);

    private string Listen(bool on)
    {
        if (on && _listener is null)
        {
            _listener = Store.Events.Subscribe((Action<JobEvent>)Hear);
        }
        else if (!on)
        {
            _listener?.Dispose();
            _listener = null;
        }

        return on ? "listens" : "does not listen";
    }

    private string Disturb(bool on)
    {
        if (on && _disturber is null)
        {
            _disturber = Store.Events.Subscribe((Action<JobEvent>)(static _ => throw new InvalidOperationException("The subscriber broke.")), JobEventType.Active, JobEventType.Completed);
        }
        else if (!on)
        {
            _disturber?.Dispose();
            _disturber = null;
        }

        return on ? "disturbs" : "does not disturb";
    }

    /// <summary>Who has waited for room adds on a thread of its own.</summary>
    private void Hear(JobEvent heard)
    {
        lock (Heard)
        {
            Note(heard);
        }

        React(heard);
    }

    /// <summary>The subscriber acts as the job's plan says.</summary>
    private void React(JobEvent heard)
    {
        if (!_plans.TryGetValue(heard.JobName, out JobPlan? plan))
        {
            return;
        }

        foreach (Reaction reaction in plan.Reactions.Where(reaction => reaction.To == heard.Type && _reacted.Add(reaction)))
        {
            if (!_names.ContainsKey(heard.Job.Id))
            {
                KnowAll();
                Know(heard.Job, heard.JobName); // It may be gone again before its add has returned.
            }

            foreach (Operation act in reaction.Acts)
            {
                Trace.Add($"at {heard.Type} of {NameOf(heard.Job.Id, heard.JobName, heard.Job)}: {act}: {Perform(act)}");
            }
        }
    }

    /// <summary>The job that an add was answered with; a subscriber may have removed it meanwhile.</summary>
    private string AnswerOf(JobEvent heard) => _names.GetValueOrDefault(heard.Job.Id, heard.JobName);

    private void Note(JobEvent heard)
    {
        switch (heard.Type)
        {
            case JobEventType.Error:
                Notices.Add("error");
                break;
            case JobEventType.Drained:
                Notices.Add($"drained {heard.QueueName}");
                break;
            case JobEventType.Paused or JobEventType.Resumed:
                Notices.Add($"{heard.Type} {heard.QueueName}");
                break;
            case JobEventType.Cleaned:
                Notices.Add($"cleaned {heard.QueueName} {heard.Count}");
                break;
            case JobEventType.Duplicated:
                Notices.Add($"duplicated {AnswerOf(heard)}");
                break;
            case JobEventType.Deduplicated:
                Notices.Add($"deduplicated {AnswerOf(heard)}");
                break;
            default:
                Heard.Add(new JobAnnouncement(NameOf(heard.Job.Id, heard.JobName, heard.Job), heard.Type, heard.State, heard.PreviousState, heard.AttemptsMade));
                break;
        }
    }
}
