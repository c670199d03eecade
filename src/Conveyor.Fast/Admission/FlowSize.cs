namespace Conveyor.Fast.Admission;

/// <summary>The number of jobs that a flow's descriptors stand for, without laying them out; finds cycles on the way.</summary>
internal static class FlowSize
{
    private const long Counting = -1;

    public static long Count(ReadOnlySpan<FlowNode> roots)
    {
        Dictionary<FlowJob, long> counted = new(ReferenceEqualityComparer.Instance);
        Stack<FlowJob> open = new();
        long total = 0;
        foreach (ref readonly FlowNode root in roots)
        {
            open.Push(root.Job);
            while (open.TryPeek(out FlowJob? job))
            {
                if (counted.TryGetValue(job, out long known) && known != Counting)
                {
                    open.Pop();
                    continue;
                }

                counted[job] = Counting;
                long sum = 1;
                bool complete = true;
                foreach (FlowJob child in job.ReadChildren())
                {
                    if (child is null || !child.HasChildren)
                    {
                        sum = Add(sum, 1);
                        continue;
                    }

                    if (!counted.TryGetValue(child, out long size))
                    {
                        open.Push(child);
                        complete = false;
                    }
                    else if (size == Counting)
                    {
                        // Being counted means being on the way down to here.
                        throw new InvalidFlowException(child.Name, $"The flow contains itself: the descriptor of job '{child.Name}' in queue '{child.QueueName}' is among its own descendants.");
                    }
                    else
                    {
                        sum = Add(sum, size);
                    }
                }

                if (complete)
                {
                    counted[job] = sum;
                    open.Pop();
                }
            }

            total = Add(total, counted[root.Job]);
        }

        return total;
    }

    private static long Add(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;
}
