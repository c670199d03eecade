using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Admission;

/// <summary>Adds from several threads that want the same custom ids.</summary>
public class ClashingAddsTests
{
    private const int Rounds = 300;
    private const int Ids = 64;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task AddBulk_TwoWithTheSameIdsInOppositeOrders_NeitherWaitsForEver()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        for (int round = 0; round < Rounds; round++)
        {
            string[] ids = Names(round);
            JobHandle[][] handles = await TogetherAsync(
                () => queue.AddBulk(ids.Select(static id => new JobRequest<int>("job", 0) { CustomId = id })),
                () => queue.AddBulk(ids.Reverse().Select(static id => new JobRequest<int>("job", 0) { CustomId = id })));

            Assert.Equal(handles[0], handles[1].Reverse());
        }

        Assert.Equal(Rounds * Ids, queue.GetJobCounts().Waiting);
    }

    [Fact]
    public async Task Add_AFlowAndABulkWithTheSameIds_OneOfThemHasThem()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            string[] ids = Names(round);
            JobHandle[][] handles = await TogetherAsync(
                () => queue.AddBulk(ids.Select(static id => new JobRequest<int>("job", 0) { CustomId = id })),
                () =>
                {
                    try
                    {
                        FlowJob[] children = [.. ids.Reverse().Select(static id => new FlowJob("child", "q") { Options = new JobOptions { CustomId = id } })];
                        return [.. test.Flows.Add(new FlowJob("root", "q") { Children = children }).Children.Reverse().Select(static child => child.Job)];
                    }
                    catch (DuplicateJobException)
                    {
                        refused++;
                        return [];
                    }
                });

            Assert.True(handles[1].Length == 0 || handles[0].SequenceEqual(handles[1]));
            Assert.All(handles[0], static handle => Assert.Equal(JobState.Waiting, handle.State));
        }

        Assert.Equal((Rounds * Ids, Rounds - refused), (queue.GetJobCounts().Waiting, queue.GetJobCounts().WaitingChildren));
    }

    [Fact]
    public async Task Add_WhileAFlowWithItsIdIsRefused_AnswersWithAJobThatExists()
    {
        using PumpedStore test = new();
        JobQueue queue = test.Queue("q");
        queue.Add("stored", new JobOptions { CustomId = "~last" });
        for (int round = 0; round < Rounds; round++)
        {
            string[] ids = Names(round);
            FlowJob[] children = [.. ids.Append("~last").Select(static id => new FlowJob("child", "q") { Options = new JobOptions { CustomId = id } })];
            JobHandle[][] handles = await TogetherAsync(
                () => [.. ids.Select(id => queue.Add("job", new JobOptions { CustomId = id }))],
                () =>
                {
                    Assert.Throws<DuplicateJobException>(() => test.Flows.Add(new FlowJob("root", "q") { Children = children }));
                    return [];
                });

            Assert.All(handles[0], static handle => Assert.Equal(JobState.Waiting, handle.State));
        }

        Assert.Equal(1 + (Rounds * Ids), queue.GetJobCounts().Waiting);
    }

    private static string[] Names(int round) => [.. Enumerable.Range(0, Ids).Select(i => $"{round}/{i:D3}")];

    private static async Task<JobHandle[][]> TogetherAsync(params Func<JobHandle[]>[] adds)
    {
        using Barrier start = new(adds.Length);
        Task<JobHandle[]>[] tasks = [.. adds.Select(add => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(s_limit);
                return add();
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];
        return await Task.WhenAll(tasks).WaitAsync(s_limit, TestContext.Current.CancellationToken);
    }
}
