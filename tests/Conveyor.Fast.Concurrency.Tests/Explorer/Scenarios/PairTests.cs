namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>Every pair of what can happen to a family, at the same time.</summary>
public class PairTests
{
    private const int Most = 20_000;

    public static TheoryData<string, string> Pairs
    {
        get
        {
            TheoryData<string, string> pairs = [];
            for (int one = 0; one < Act.All.Length; one++)
            {
                for (int other = one; other < Act.All.Length; other++)
                {
                    pairs.Add(Act.All[one].Name, Act.All[other].Name);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Pair_UnderRandomSchedules_LosesNothing(string one, string other) =>
        RandomSchedules.AssertHolds(Family.Pair(ActOf(one), ActOf(other)), "pairs", 0.6 / Pairs.Count);

    /// <summary>One thread is stopped once at most, at any step, for the others to go as far as they can.</summary>
    [Theory]
    [MemberData(nameof(Pairs))]
    public void Pair_WithOnePreemptionAnywhere_LosesNothing(string one, string other)
    {
        using Explore explore = new();
        Finding? finding = explore.All(Family.Pair(ActOf(one), ActOf(other)), Most, buffered: false, out bool isComplete, preemptions: 1);
        Assert.True(finding is null, finding?.ToString());
        Assert.True(isComplete, $"{explore.Executions:N0} executions are not all of them");
        SharedFields.AssertKnown(explore.Steps);
        Budget.Current.Report($"schedules of pairs with one preemption: {one} | {other}", $"{explore.Executions:N0} executions");
    }

    private static Act ActOf(string name) => Array.Find(Act.All, act => act.Name == name)!;
}
