namespace Conveyor.Fast.Tests.Repository;

public class ShippedAssemblyTests
{
    [Fact]
    public void Library_Shipped_HoldsNothingOfTheExplorer()
    {
        string[] types = [.. typeof(JobStore).Assembly.GetTypes().Select(static type => type.FullName!)];
        Assert.Contains("Conveyor.Fast.Threading.Atomic", types);
        Assert.DoesNotContain(types, static type => type.Contains("Seeded", StringComparison.Ordinal) || type.Contains("Explorer", StringComparison.Ordinal)
            || type.StartsWith("System.", StringComparison.Ordinal));
    }
}
