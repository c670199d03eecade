namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>Every pair of what can happen to a family, at the same time.</summary>
public class PairTests
{
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

    private static Act ActOf(string name) => Array.Find(Act.All, act => act.Name == name)!;
}
