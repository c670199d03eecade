using System.Collections.ObjectModel;

namespace Conveyor.Fast.Tests.Support;

/// <summary>A children list that throws when it is copied, from the given read on.</summary>
internal sealed class ThrowingList(IList<FlowJob> children, int goodReads = 0) : Collection<FlowJob>, IList<FlowJob>
{
    private int _reads;

    int ICollection<FlowJob>.Count => children.Count;

    void ICollection<FlowJob>.CopyTo(FlowJob[] array, int arrayIndex)
    {
        if (++_reads > goodReads)
        {
            throw new TimeoutException("The list failed.");
        }

        children.CopyTo(array, arrayIndex);
    }
}
