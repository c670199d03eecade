namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Backoff functions of jobs' own.</summary>
internal sealed partial class EngineActor
{
    private readonly List<Question> _asked = [];

    /// <summary>What the job's own backoff says, and to what.</summary>
    private ValueTask<TimeSpan?> AnswerOf(JobPlan plan, RetryContext context)
    {
        string name = NameOf(context.Job.Id, context.Job.Name, context.Job.Handle);
        Trace.Add($"backoff of {name} asked, {context.AttemptsMade} of {context.Attempts} made, {context.Error.Message}");
        TimeSpan minutes = TimeSpan.FromMinutes((plan.Backoff ?? 0) * context.AttemptsMade);
        switch (plan.Custom)
        {
            case CustomBackoff.GivesUp:
                return new ValueTask<TimeSpan?>((TimeSpan?)null);
            case CustomBackoff.Negative:
                return new ValueTask<TimeSpan?>(TimeSpan.FromMinutes(-2));
            case CustomBackoff.Throws:
                throw new InvalidOperationException("The backoff broke.");
            case CustomBackoff.Cancels:
                context.Job.Handle.Cancel("by its backoff");
                break;
            case CustomBackoff.Dawdles:
                Advance(TimeSpan.FromMinutes(1));
                break;
            case CustomBackoff.Later:
                _asked.Add(new Question(name, minutes, new TaskCompletionSource<TimeSpan?>()));
                return new ValueTask<TimeSpan?>(_asked[^1].Answer.Task);
        }

        return new ValueTask<TimeSpan?>(minutes);
    }

    private string Answer(string job)
    {
        if (_asked.Find(question => question.Job == job) is not { } question)
        {
            return "nothing";
        }

        _asked.Remove(question);
        question.Answer.SetResult(question.Minutes);
        GoOn();
        return "answered";
    }

    private sealed record Question(string Job, TimeSpan Minutes, TaskCompletionSource<TimeSpan?> Answer);
}
