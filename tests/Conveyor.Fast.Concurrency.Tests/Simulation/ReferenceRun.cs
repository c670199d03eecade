namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>One run of a job, from its start until its handler has returned, whatever becomes of the job meanwhile.</summary>
internal sealed class ReferenceRun(ReferenceJob job, ReferenceWorker worker, int number)
{
    public ReferenceJob Job => job;

    public ReferenceWorker Worker => worker;

    /// <summary>Which one it is over all lives, from 1.</summary>
    public int Number => number;

    public RunPlan Plan => job.Plan.Run(number - 1);

    public bool IsSuspended { get; set; }

    /// <summary>Rule 2: the job was taken from it; what it returns is dropped.</summary>
    public bool IsStray { get; set; }

    /// <summary>Its worker did not wait for it.</summary>
    public bool IsStalled { get; set; }

    /// <summary>What its handler wants to become of the job once it has returned: a delay, or none at all; null for nothing.</summary>
    public RunWish? Wish { get; set; }

    /// <summary>Its token has fired.</summary>
    public bool HasFired { get; set; }

    /// <summary>When its time is over; null if that does not matter or not any more.</summary>
    public TimeSpan? Deadline { get; set; }

    /// <summary>Rule 21: its attempt has failed, and the job waits for the handler's return.</summary>
    public bool IsOverdue { get; set; }

    /// <summary>As which run that became so.</summary>
    public int OverdueAs { get; set; }

    /// <summary>When the job does not wait for that any longer.</summary>
    public TimeSpan? AbandonAt { get; set; }

    /// <summary>Why its attempt has failed, while its backoff has not answered.</summary>
    public string? Unanswered { get; set; }

    /// <summary>When something becomes of it without its doing.</summary>
    public TimeSpan? Due => IsStray ? null : IsOverdue ? AbandonAt : Deadline;

    public string Error => ReferenceStore.ErrorOf(job.Name, number);

    public override string ToString() => $"{job.Name}/{number}";

    /// <summary>Null minutes for the front.</summary>
    internal sealed record RunWish(int? Minutes);
}
