namespace Conveyor.Fast.Concurrency.Tests.Defects.OnThreads;

/// <summary>Seeded defects are found beside the explorer too, by the parts of other techniques that are named for them: those that find them quickly and every time.</summary>
public class KillTests
{
    public static TheoryData<string, string> Kills
    {
        get
        {
            TheoryData<string, string> kills = [];
            foreach (Defect defect in Defect.All)
            {
                foreach (string part in defect.OtherKillers)
                {
                    kills.Add(defect.Name, part);
                }
            }

            return kills;
        }
    }

    [Theory]
    [MemberData(nameof(Kills))]
    public void Defect_SwitchedOn_IsKilledBy(string defect, string part)
    {
        using Seeded.Scope on = Seeded.On(defect);
        Exception? fault = Record.Exception(Technique.Part(part));
        Assert.True(fault is not null, $"'{part}' finds nothing.");
        TestContext.Current.TestOutputHelper?.WriteLine(fault.Message);
    }
}
