using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Flows;

/// <summary>What the end of a job did to further parents, carried out once the job itself is recorded.</summary>
/// <param name="Ended">Parents that ended by their policy.</param>
/// <param name="Ready">Parents that became ready.</param>
internal readonly record struct FurtherEnds(EndedList Ended, List<Notice>? Ready);
