using System.Diagnostics;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>Random schedules of one scenario, as many as the budget says.</summary>
internal static class RandomSchedules
{
    private const int AtOnce = 2000;

    /// <param name="scenario">The scenario.</param>
    /// <param name="family">What it is reported with; their figures are for all of them.</param>
    /// <param name="share">Its share of a time limit.</param>
    public static void AssertHolds(Scenario scenario, string family, double share)
    {
        Budget budget = Budget.Current;
        long begun = Stopwatch.GetTimestamp();
        using Explore explore = new();
        for (int done = 0; budget.MayGoOn(done, budget.Schedules, begun, share); done += AtOnce)
        {
            Finding? finding = explore.Random(scenario, AtOnce, done);
            Assert.True(finding is null, finding?.ToString());
        }

        SharedFields.AssertKnown(explore.Steps);
        budget.Report($"schedules of {family}: {scenario.Name}", $"{explore.Executions:N0}, {explore.Discarded:N0} more thrown away, {explore.Steps.Count} plain accesses are steps");
    }
}
