using static Conveyor.Fast.Concurrency.Tests.Linearizability.WorkedStoreSpecimen;

namespace Conveyor.Fast.Concurrency.Tests.Linearizability;

/// <summary>One job of a store with a worker, without a race: its state, whether the run under way was asked to cancel, and how many runs it has begun.</summary>
internal readonly record struct WorkedJob(JobState State, bool IsAsked, long Runs)
{
    private bool IsEnded => State is JobState.Completed or JobState.Failed or JobState.Canceled;

    /// <summary>What such a call answers, and what the job is like then.</summary>
    public (long Answer, WorkedJob After) Do(Kind kind) => kind switch
    {
        Kind.Start when State == JobState.Waiting => (Runs + 1, this with { State = JobState.Active, Runs = Runs + 1 }),
        Kind.Start => (Refused, this),
        Kind.Complete when State == JobState.Active => (Runs, Ended(JobState.Completed)),
        Kind.Fail when State == JobState.Active => (Runs, Ended(JobState.Failed)),
        Kind.State => ((long)State, this),
        Kind.Result => (State == JobState.Completed ? Runs : 0, this),
        Kind.Info => (InfoOf(State, State is JobState.Completed or JobState.Failed ? Runs : 0), this),
        Kind.Cancel when State == JobState.Waiting => (1, this with { State = JobState.Canceled }),
        Kind.Cancel when State == JobState.Active && !IsAsked => (1, this with { IsAsked = true }),
        Kind.Retry when IsEnded => (1, this with { State = JobState.Waiting }),
        Kind.Retry when State != JobState.None => (Refused, this),
        Kind.Remove when State == JobState.Active => (Refused, this),
        Kind.Remove when State != JobState.None => (1, this with { State = JobState.None }),
        Kind.Token => (IsAsked ? 1 : 0, this),
        Kind.Rest when State == JobState.Waiting => Do(Kind.Start).After.Do(Kind.Rest),
        Kind.Rest when State == JobState.Active => Ended(JobState.Completed).Do(Kind.Rest),
        Kind.Rest => ((long)State, this),
        _ => (0, this),
    };

    private WorkedJob Ended(JobState state) => this with { State = IsAsked ? JobState.Canceled : state, IsAsked = false };
}
