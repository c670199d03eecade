namespace Conveyor.Fast.Jobs;

/// <summary>A job's references. Frozen fields are written before the word is published; the result belongs to the owner of the run or of the terminal step.</summary>
internal struct JobReferences
{
    public JobDefinition Definition;
    public object? Data;

    /// <summary>The value of a completed job, the failure of the last run of any other (<see cref="Failure"/>).</summary>
    public object? Result;

    /// <summary>The custom id, or what else a job has that most have not (<see cref="JobHistory"/>), the id within.</summary>
    public object? Extra;

    public readonly string? CustomId => Extra as string ?? History?.CustomId;

    public readonly JobHistory? History => Extra as JobHistory;

    /// <summary>
    /// Empties a slot that is given back. What a plain job left is not written again: its line stays shared by the
    /// processors that add, run and evict.
    /// </summary>
    public void Clear()
    {
        if (Data is { } data)
        {
            (data as ValueBox)?.Return();
            Data = null;
        }

        if (Result is { } result)
        {
            (result as ValueBox)?.Return();
            Result = null;
        }

        if (Extra is not null)
        {
            Extra = null;
        }

        if (!Definition.IsKept)
        {
            Definition = null!;
        }
    }
}
