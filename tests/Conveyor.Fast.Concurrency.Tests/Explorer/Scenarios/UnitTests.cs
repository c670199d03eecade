namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>The protocol's units, one scenario each: the short ones in all orders, the others in as many as the budget says.</summary>
public class UnitTests
{
    private const int Most = 1500;
    private const int MostMore = 500;

    internal static readonly Scenario[] All =
    [
        .. WordScenarios.All, .. TicketScenarios.All, .. CommitScenarios.All, .. EdgeScenarios.All, .. ParentScenarios.All, .. RevivalScenarios.All, .. CancelScenarios.All,
        .. QueueScenarios.All, .. ParkScenarios.All, .. AlarmScenarios.All, .. DelayScenarios.All, .. ExpiryScenarios.All, .. LoopScenarios.All, .. QueuePauseScenarios.All, .. EventScenarios.All,
        .. TakingScenarios.All, .. DeadlineScenarios.All, .. WholeQueueScenarios.All, .. ScheduleScenarios.All, .. IdleScenarios.All, .. WaitScenarios.All,
    ];

    public static TheoryData<string> Short => [.. All.Where(static scenario => scenario.IsShort).Select(static scenario => scenario.Name)];

    public static TheoryData<string> Long => [.. All.Where(static scenario => !scenario.IsShort).Select(static scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Short))]
    public void Unit_OfFewSteps_HoldsInAllOrders(string name)
    {
        using Explore explore = new();
        foreach (bool buffered in new[] { false, true })
        {
            Finding? finding = explore.All(Of(name), most: 0, buffered, out bool isComplete);
            Assert.True(finding is null, finding?.ToString());
            Assert.True(isComplete, $"a thread takes {explore.RacingSteps} racing steps: too many for all orders");
        }

        SharedFields.AssertKnown(explore.Steps);
        Budget.Current.Report($"short units: {name}", $"all orders, also with store buffers; {explore.Executions:N0} executions, at most {explore.RacingSteps} racing steps a thread");
    }

    [Theory]
    [MemberData(nameof(Long))]
    public void Unit_OfManySteps_HoldsUnderRandomSchedules(string name) => RandomSchedules.AssertHolds(Of(name), "units", 0.4 / Long.Count);

    [Theory]
    [MemberData(nameof(Long))]
    public void Unit_OfManySteps_HoldsUnderSystematicSchedules(string name)
    {
        using Explore explore = new();
        Finding? finding = explore.All(Of(name), Most, buffered: false, out bool isComplete);
        Assert.True(finding is null, finding?.ToString());
        Assert.True(explore.RacingSteps > Explore.ShortUnit, $"no thread takes more than {explore.RacingSteps} racing steps: a short unit");
        int unbuffered = explore.Executions;
        bool isCompleteLate = false;
        finding = isComplete
            ? explore.All(Of(name), MostMore, buffered: true, out isCompleteLate)
            : explore.All(Of(name), MostMore, buffered: false, out _, preemptions: 2);
        Assert.True(finding is null, finding?.ToString());
        SharedFields.AssertKnown(explore.Steps);
        string reach = isCompleteLate ? "all orders, also with store buffers" : isComplete ? "all orders, not all with store buffers" : "some orders, and some of at most two preemptions";
        Budget.Current.Report($"systematic schedules of units: {name}", $"{reach}; {unbuffered:N0} + {explore.Executions - unbuffered:N0} executions, at most {explore.RacingSteps} racing steps a thread");
    }

    internal static Scenario Of(string name) => Array.Find(All, scenario => scenario.Name == name) ?? throw new ArgumentException($"There is no scenario '{name}'.");
}
