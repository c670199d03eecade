using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Flows;

/// <summary>What became of one job's retry by hand.</summary>
/// <param name="Id">The job.</param>
/// <param name="Fate">How it went.</param>
/// <param name="Previous">The state it was found in.</param>
/// <param name="Word">The word after the step; 0 if none was taken.</param>
internal readonly record struct RevivedJob(long Id, RevivalFate Fate, JobState Previous, long Word)
{
    public bool IsRevived => Word != 0;

    /// <summary>The job's own, if it is ready.</summary>
    public long Ticket => StateWord.Ticket(Word, StateWord.SlotOf(Id));
}
