namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>
/// One step of a story. Jobs are named, so that a step means the same when others are left out; one that names a job or a
/// worker that was never added does nothing. The text of a step is the code that makes it.
/// </summary>
internal abstract partial record Operation
{
    public abstract override string ToString();

    /// <summary>Plain jobs to one queue: one by Add, TryAdd or AddAsync, several by AddBulk.</summary>
    internal sealed record Add(AddWay Way, params JobPlan[] Jobs) : Operation
    {
        public override string ToString() => $"new Operation.Add(AddWay.{Way}, {List(Jobs)})";
    }

    internal sealed record AddFlow(AddWay Way, params JobPlan[] Roots) : Operation
    {
        public override string ToString() => $"new Operation.AddFlow(AddWay.{Way}, {List(Roots)})";
    }

    /// <summary>Gives up waiting for room for a job, or for a flow by its root.</summary>
    internal sealed record GiveUp(string Job) : Operation
    {
        public override string ToString() => $"new Operation.GiveUp(\"{Job}\")";
    }

    internal sealed record Pump(int? Jobs = null) : Operation
    {
        /// <summary>A story may go round for ever: the run of a schedule's job that fails it and promotes the next one.</summary>
        public const int Most = 1_000;

        public override string ToString() => $"new Operation.Pump({Jobs})";
    }

    /// <summary>Lets a suspended run end; of several of one job the oldest or the newest.</summary>
    internal sealed record Finish(string Job, RunEnd End, bool Newest = false) : Operation
    {
        public override string ToString() => $"new Operation.Finish(\"{Job}\", RunEnd.{End}{(Newest ? ", true" : "")})";
    }

    internal sealed record Cancel(string Job, string? Reason, bool IncludeChildren) : Operation
    {
        public override string ToString() => $"new Operation.Cancel(\"{Job}\", {(Reason is null ? "null" : $"\"{Reason}\"")}, {(IncludeChildren ? "true" : "false")})";
    }

    internal sealed record Remove(string Job, bool KeepChildren) : Operation
    {
        public override string ToString() => $"new Operation.Remove(\"{Job}\", {(KeepChildren ? "true" : "false")})";
    }

    internal sealed record Retry(string Job, bool IncludeCompleted) : Operation
    {
        public override string ToString() => $"new Operation.Retry(\"{Job}\", {(IncludeCompleted ? "true" : "false")})";
    }

    internal sealed record ChangePriority(string Job, int Priority, bool ToFront) : Operation
    {
        public override string ToString() => $"new Operation.ChangePriority(\"{Job}\", {Priority}, {(ToFront ? "true" : "false")})";
    }

    /// <summary>Waits for a job; minutes of the limit, null for none.</summary>
    internal sealed record Wait(string Job, int? Minutes) : Operation
    {
        public override string ToString() => $"new Operation.Wait(\"{Job}\", {(Minutes is { } limit ? limit : "null")})";
    }

    /// <summary>A plain job by RunAsync, which waits for its value.</summary>
    internal sealed record Run(JobPlan Job, bool HasToken = false) : Operation
    {
        public override string ToString() => $"new Operation.Run({List([Job])}{(HasToken ? ", true" : "")})";
    }

    /// <summary>Fires the token that a job is run with, also after its end.</summary>
    internal sealed record FireToken(string Job) : Operation
    {
        public override string ToString() => $"new Operation.FireToken(\"{Job}\")";
    }

    internal sealed record Pause(int Worker) : Operation
    {
        public override string ToString() => $"new Operation.Pause({Worker})";
    }

    internal sealed record Resume(int Worker) : Operation
    {
        public override string ToString() => $"new Operation.Resume({Worker})";
    }

    internal sealed record SetConcurrency(int Worker, int Value) : Operation
    {
        public override string ToString() => $"new Operation.SetConcurrency({Worker}, {Value})";
    }

    /// <summary>Closes a worker, for as long as its handlers take.</summary>
    internal sealed record Close(int Worker) : Operation
    {
        public override string ToString() => $"new Operation.Close({Worker})";
    }

    /// <summary>Makes one more worker; it has the next number.</summary>
    internal sealed record AddWorker(WorkerPlan Worker) : Operation
    {
        public override string ToString() => $"new Operation.AddWorker({Worker})";
    }

    /// <summary>Retries all failed jobs of a queue, in order of their names, so that children come before and after their parents.</summary>
    internal sealed record RetryAll(string Queue) : Operation
    {
        public override string ToString() => $"new Operation.RetryAll(\"{Queue}\")";
    }

    internal sealed record Advance(int Minutes) : Operation
    {
        public override string ToString() => $"new Operation.Advance({Minutes})";
    }

    /// <summary>Subscribes to all events, or stops.</summary>
    internal sealed record Listen(bool On) : Operation
    {
        public override string ToString() => $"new Operation.Listen({(On ? "true" : "false")})";
    }

    /// <summary>Puts a subscriber beside it that throws at every start and every completion, or takes it away.</summary>
    internal sealed record Disturb(bool On) : Operation
    {
        public override string ToString() => $"new Operation.Disturb({(On ? "true" : "false")})";
    }

    /// <summary>Makes a delayed job ready before its time.</summary>
    internal sealed record Promote(string Job) : Operation
    {
        public override string ToString() => $"new Operation.Promote(\"{Job}\")";
    }

    /// <summary>Makes all delayed jobs of a queue ready.</summary>
    internal sealed record PromoteJobs(string Queue) : Operation
    {
        public override string ToString() => $"new Operation.PromoteJobs(\"{Queue}\")";
    }

    internal sealed record ChangeDelay(string Job, int Minutes) : Operation
    {
        public override string ToString() => $"new Operation.ChangeDelay(\"{Job}\", {Minutes})";
    }

    /// <summary>Lets exactly as much time pass as it takes until the next thing is due.</summary>
    internal sealed record AdvanceToDue : Operation
    {
        public override string ToString() => "new Operation.AdvanceToDue()";
    }

    /// <summary>What <see cref="AdvanceToDue"/> came to.</summary>
    internal sealed record AdvanceBy(TimeSpan Time) : Operation
    {
        public override string ToString() => $"new Operation.AdvanceBy(new TimeSpan({Time.Ticks}))";
    }

    /// <summary>Closes a worker without waiting for its handlers.</summary>
    internal sealed record ForceClose(int Worker) : Operation
    {
        public override string ToString() => $"new Operation.ForceClose({Worker})";
    }

    /// <summary>From inside a handler: fails its job for good.</summary>
    internal sealed record MoveToFailed(string Reason) : Operation
    {
        public override string ToString() => $"new Operation.MoveToFailed(\"{Reason}\")";
    }

    /// <summary>From inside a handler: no further attempt.</summary>
    internal sealed record Discard : Operation
    {
        public override string ToString() => "new Operation.Discard()";
    }

    /// <summary>From inside a handler: the job is to run again, at once or, with minutes, later. Nothing in the last run planned, which is repeated.</summary>
    internal sealed record Move(int? Minutes = null) : Operation
    {
        public override string ToString() => $"new Operation.Move({Minutes})";
    }

    /// <summary>Adds a schedule to the job's queue, or changes the one that has the id.</summary>
    internal sealed record AddSchedule(string Id, SchedulePlan Repeat, JobPlan Job) : Operation
    {
        public override string ToString() => $"new Operation.AddSchedule(\"{Id}\", {Repeat}, {List([Job])})";
    }

    internal sealed record RemoveSchedule(string Queue, string Id) : Operation
    {
        public override string ToString() => $"new Operation.RemoveSchedule(\"{Queue}\", \"{Id}\")";
    }

    /// <summary>Lets a backoff answer that was asked and has not; of several of one job the oldest.</summary>
    internal sealed record Answer(string Job) : Operation
    {
        public override string ToString() => $"new Operation.Answer(\"{Job}\")";
    }

    private static string List(JobPlan[] jobs) => string.Join(", ", jobs.Select(static job => $"new JobPlan{job.ToString()[3..]}"));
}
