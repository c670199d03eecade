using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Flows;

/// <summary>
/// The order in which several jobs are retried: children before their parents, so that a parent waits for them again; else
/// as they are given. A parent stays back until the last of its children that are given has gone.
/// </summary>
internal static class RetryOrder
{
    public static List<long> Of(JobTable table, List<long> ids)
    {
        ILookup<int, int> parents = FindParents(table, ids);
        if (parents.Count == 0)
        {
            return ids;
        }

        int[] children = new int[ids.Count];
        foreach (int parent in parents.SelectMany(static child => child))
        {
            children[parent]++;
        }

        List<long> ordered = new(ids.Count);
        PriorityQueue<int, int> next = new(Enumerable.Range(0, ids.Count).Where(place => children[place] == 0).Select(static place => (place, place)));
        while (next.TryDequeue(out int place, out _))
        {
            ordered.Add(ids[place]);
            foreach (int parent in parents[place])
            {
                if (--children[parent] == 0)
                {
                    next.Enqueue(parent, parent);
                }
            }
        }

        return ordered;
    }

    /// <summary>By place: the places of the parents that are among the jobs.</summary>
    private static ILookup<int, int> FindParents(JobTable table, List<long> ids)
    {
        Dictionary<long, int> places = new(ids.Count);
        for (int i = 0; i < ids.Count; i++)
        {
            places.Add(ids[i], i);
        }

        List<(int Child, int Parent)> edges = [];
        for (int i = 0; i < ids.Count; i++)
        {
            ref JobRecord record = ref table.Record(SlotOf(ids[i]));
            long word = Atomic.Read(ref record.Word);
            long first = record.ParentId;
            if (Atomic.Read(ref record.Id) != ids[i])
            {
                continue; // Evicted meanwhile.
            }

            if (Has(word, HasParent) && places.TryGetValue(first, out int parent))
            {
                edges.Add((i, parent));
            }

            foreach ((long further, _) in Has(word, HasKey) && table.Keyed.Find(ids[i]) is { } keyed ? keyed.Parents() : [])
            {
                if (places.TryGetValue(further, out parent))
                {
                    edges.Add((i, parent));
                }
            }
        }

        return edges.ToLookup(static edge => edge.Child, static edge => edge.Parent);
    }
}
