using Conveyor.Fast.Concurrency.Tests.Explorer;
using Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

namespace Conveyor.Fast.Concurrency.Tests.Defects;

/// <summary>Each seeded defect is found by the scenarios that are there to find it.</summary>
public class DefectTests
{
    public static TheoryData<string> Names => [.. Defect.All.Select(static defect => defect.Name)];

    [Fact]
    public void Seeds_OfAllDefects_AreInTheSource()
    {
        Assert.InRange(Defect.All.Count, 30, int.MaxValue);
        Assert.Empty(Seeded.Missing);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Defect_SwitchedOn_IsKilled(string name)
    {
        Defect defect = Defect.All.Single(defect => defect.Name == name);
        Assert.NotEmpty(defect.Killers);
        using Seeded.Scope on = Seeded.On(name);
        foreach (string killer in defect.Killers)
        {
            using Explore explore = new();
            Finding? finding = explore.Random(UnitTests.Of(killer), 2000) ?? explore.All(UnitTests.Of(killer), 2000, buffered: false, out _);
            Assert.True(finding is not null, $"'{killer}' stands although: {defect.Breaks}");
            TestContext.Current.TestOutputHelper?.WriteLine($"after {explore.Executions}: {finding.Fault}");
        }
    }
}
