namespace Conveyor.Fast.Jobs;

/// <summary>A job's references. Frozen fields are written before the word is published; the result belongs to the owner of the run or of the terminal step.</summary>
internal struct JobReferences
{
    public JobDefinition Definition;
    public object? Data;

    /// <summary>The value of a completed job, the failure of the last run of any other (<see cref="Failure"/>).</summary>
    public object? Result;

    public string? CustomId;
}
