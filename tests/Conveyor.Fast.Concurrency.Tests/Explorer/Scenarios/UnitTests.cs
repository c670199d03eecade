namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>The protocol's units, one scenario each.</summary>
public class UnitTests
{
    private const int Most = 1500;
    private const int MostMore = 500;

    internal static readonly Scenario[] All = [.. TicketScenarios.All, .. ParentScenarios.All, .. CancelScenarios.All, .. QueueScenarios.All, .. AlarmScenarios.All, .. DelayScenarios.All, .. LoopScenarios.All, .. QueuePauseScenarios.All, .. EventScenarios.All, .. TakingScenarios.All, .. WholeQueueScenarios.All];

    public static TheoryData<string> Names => [.. All.Select(static scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Unit_UnderRandomSchedules_Holds(string name) => RandomSchedules.AssertHolds(Of(name), "units", 0.4 / All.Length);

    [Theory]
    [MemberData(nameof(Names))]
    public void Unit_UnderSystematicSchedules_Holds(string name)
    {
        using Explore explore = new();
        Finding? finding = explore.All(Of(name), Most, buffered: false, out bool isComplete);
        Assert.True(finding is null, finding?.ToString());
        int unbuffered = explore.Executions;
        bool isCompleteLate = false;
        finding = isComplete
            ? explore.All(Of(name), MostMore, buffered: true, out isCompleteLate)
            : explore.All(Of(name), MostMore, buffered: false, out _, preemptions: 2);
        Assert.True(finding is null, finding?.ToString());
        string reach = isCompleteLate ? "all orders, also with store buffers" : isComplete ? "all orders, not all with store buffers" : "some orders, and some of at most two preemptions";
        Budget.Current.Report($"systematic schedules of units: {name}", $"{reach}; {unbuffered:N0} + {explore.Executions - unbuffered:N0} executions, at most {explore.RacingSteps} racing steps a thread");
    }

    internal static Scenario Of(string name) => Array.Find(All, scenario => scenario.Name == name) ?? throw new ArgumentException($"There is no scenario '{name}'.");
}
