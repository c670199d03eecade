using Conveyor.Fast.Commit;
using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>A block's way in and out of the directory, and who looks meanwhile.</summary>
internal static class CommitScenarios
{
    public static readonly Scenario[] All =
    [
        Scenario.Short("publish | find", static play =>
        {
            FlowDirectory flows = new();
            bool isWhole = true;
            play.Thread("publish", () =>
            {
                FlowBlock block = flows.Get();
                block.Prepare(2);
                block.SetUsers(1);
                flows.Publish(block);
            });
            play.Thread("find", () => isWhole = flows.Find(1) is not { } found || (found.Count == 2 && found.Ids.Length >= 2));
            play.Afterwards(() => Assert.True(isWhole, "a block was found that had not been filled"));
        }),

        Scenario.Short("commit | look-up of its job", static play =>
        {
            Stage stage = new(play);
            JobTable table = stage.Table;
            FlowCommit commit = new(stage.Dispatcher);
            long id = stage.Add().Id.ToInt64();
            int slot = StateWord.SlotOf(id);
            FlowBlock block = table.Flows.Get();
            block.Prepare(1);
            block.SetUsers(1);
            table.Details(slot).Block = block.Index;
            table.Record(slot).Word |= StateWord.Uncommitted;
            bool isPublished = false;
            bool isFound = false;
            bool wasVisible = false;
            play.Thread("commit", () =>
            {
                commit.Publish(block);
                commit.Unmark(id);
                commit.Leave(block);
            });
            play.Thread("look-up", () =>
            {
                isPublished = table.Flows.Find(block.Index) is not null;
                isFound = JobCopy.TryTake(table, id, out _);
                wasVisible = isPublished || table.Flows.Find(block.Index) is not null || !StateWord.Has(Atomic.Read(ref table.Record(slot).Word), StateWord.Uncommitted);
            });
            play.Afterwards(() =>
            {
                Assert.True(isFound || !isPublished, "the job was not found although its block had been published");
                Assert.True(wasVisible || !isFound, "the job was found although its block had not been published");
            });
        }),

        Scenario.Short("a block goes back | the next flow", static play =>
        {
            FlowDirectory flows = new();
            FlowBlock block = flows.Get();
            block.Prepare(1);
            flows.Publish(block);
            FlowBlock? next = null;
            play.Thread("last reader", () => flows.Return(block));
            play.Thread("producer", () =>
            {
                next = flows.Get();
                next.Prepare(1);
                flows.Publish(next);
            });
            play.Afterwards(() =>
            {
                Assert.True(flows.Find(next!.Index) == next, "the flow was published and is not found");
                Assert.True(flows.PublishedCount == 1 && next.Count == 1, "the next flow lost what it had written");
            });
        }),
    ];
}
