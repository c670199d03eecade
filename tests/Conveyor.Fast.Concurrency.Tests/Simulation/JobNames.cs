using System.Runtime.InteropServices;

namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Keeps names unique where handlers add the same in every run.</summary>
internal static class JobNames
{
    public static JobPlan[] Fresh(Dictionary<string, int> added, JobPlan[] plans) =>
        [.. plans.Select(plan => plan.Again(CollectionsMarshal.GetValueRefOrAddDefault(added, plan.Name, out _)++))];
}
