namespace Conveyor.Fast;

/// <summary>A page of a parent's children, with the counts of all of them; a copy taken at the call.</summary>
/// <param name="Children">The page, in declared order.</param>
/// <param name="Total">All direct children.</param>
/// <param name="Completed">Ended with a value.</param>
/// <param name="Unfinished">Not ended.</param>
/// <param name="Ignored">Ended badly under <see cref="ChildFailurePolicy.Ignore"/>.</param>
/// <param name="Failed">Ended badly under another policy.</param>
/// <param name="Removed">Removed before they ended.</param>
/// <param name="NextStart">Where the next page starts; null if this is the last one.</param>
public sealed record JobDependencies(IReadOnlyList<JobChild> Children, int Total, int Completed, int Unfinished, int Ignored, int Failed, int Removed, int? NextStart)
{
    internal static JobDependencies Of(JobChildren children, int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Span<int> kinds = stackalloc int[5];
        kinds.Clear();
        foreach (JobChild child in children)
        {
            kinds[(int)child.Kind]++;
        }

        int first = Math.Min(start, children.Count);
        int end = (int)Math.Min((long)first + count, children.Count);
        List<JobChild> page = new(end - first);
        for (int i = first; i < end; i++)
        {
            page.Add(children[i]);
        }

        return new JobDependencies(page, children.Count, kinds[(int)JobChildKind.Completed], kinds[(int)JobChildKind.Unfinished],
            kinds[(int)JobChildKind.Ignored], kinds[(int)JobChildKind.Failed], kinds[(int)JobChildKind.Removed], end < children.Count ? end : null);
    }
}
