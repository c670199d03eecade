using Conveyor.Fast.Concurrency.Tests.Explorer.Model;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>The fields of which a plain access may race, each under the row of DESIGN.md's table of shared fields that says how it is guarded.</summary>
internal static class SharedFields
{
    /// <summary>What is referred to by address is named by the method that touches it.</summary>
    private static readonly (string Row, string[] Fields)[] s_guarded =
    [
        ("`Word`", ["JobRecord.Word", "FlowKeys.ReserveOne:Int64&"]),
        ("`Id`", ["JobRecord.Id"]),
        ("`Pending`", ["JobRecord.Pending"]),
        (
            "`ParentId`, `Block`, `FirstChild`, `ChildCount`, `Queue`, `Created`, definition, payload",
            ["JobRecord.ParentId", "JobDetails.Block", "JobDetails.FirstChild", "JobDetails.ChildCount", "JobRecord.Queue", "JobDetails.Created", "JobReferences.Definition", "JobReferences.Data", "ValueCell.Store:Object&"]),
        ("`Priority`", ["JobRecord.Priority"]),
        (
            "`AttemptsMade`, `Started`, `Ended`, `Worker`, result",
            ["JobRecord.AttemptsMade", "JobRecord.Started", "JobRecord.Ended", "JobRecord.Worker", "JobReferences.Result", "JobDetails.ResultBits", "Attempt.Complete:Int32&", "Attempt.StepToEnd:Int32&", "Attempt.TryStepBack:Int32&",
                "JobCopy.TryTake:JobRecord&", "JobCopy.TryTake:JobDetails&", "JobCopy.TryTake:JobReferences&", "ValueBox.Value", "ValueBox.Return:T&"]),
        ("`Link`", ["JobRecord.Link"]),
        ("stripe: free slots, counts, ended jobs", ["MoveCounts.Add:Int64&", "MoveCounts.SumInto:Int64&"]),
        ("history beside a record (`JobHistory`)", ["JobReferences.Extra"]),
        ("rare priorities: count, best, next ticket", ["RareBands._best"]),
        (
            "remembered: a queue's parts in its view, recent definitions, bands of a channel",
            ["JobQueue._queue", "QueueLedger.<number>P", "QueueLedger.<name>P", "QueueLedger.<room>P", "TicketWriter.<channel>P", "DefinitionCache.Get:Object&", "ReadyChannel.Put:Object[]", "ReadyChannel.get_IsEmpty:Object[]"]),
        ("`JobRun` reason and events", ["JobRun._request", "JobRun.Events"]),
    ];

    private static readonly HashSet<string> s_known = [.. s_guarded.SelectMany(static guarded => guarded.Fields)];

    public static IEnumerable<string> Rows => s_guarded.Select(static guarded => guarded.Row);

    /// <summary>Fails if a plain access was found to race that no row accounts for.</summary>
    public static void AssertKnown(IEnumerable<int> steps)
    {
        string[] unknown =
        [
            .. steps.Select(static step => Site.All[step]).Where(static site => !s_known.Contains(site.What) && !IsOfTheClock(site))
                .Select(static site => $"{site.What} races in {site.Type}.{site.Member}: which row of the table of shared fields guards it?"),
        ];
        Assert.True(unknown.Length == 0, string.Join('\n', unknown));
    }

    /// <summary>Who looks at the scenarios' own clock sees the time before or after somebody moves it.</summary>
    private static bool IsOfTheClock(Site site) => site.What.StartsWith(nameof(SteppedTime), StringComparison.Ordinal);
}
