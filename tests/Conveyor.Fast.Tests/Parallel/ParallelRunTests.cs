namespace Conveyor.Fast.Tests.Parallel;

public class ParallelRunTests
{
    [Theory]
    [InlineData(WorkerMode.Dedicated, 1)]
    [InlineData(WorkerMode.ThreadPool, 2)]
    public async Task Store_UnderLoadFromAllSides_StaysWholeAndEverythingEnds(WorkerMode mode, int seed) =>
        await new ParallelRun(mode, isHeard: false, seed).GoAsync(TimeSpan.FromSeconds(3));

    [Theory]
    [InlineData(WorkerMode.Dedicated, 3)]
    [InlineData(WorkerMode.ThreadPool, 4)]
    public async Task Store_UnderLoadWhileSomebodyListens_AnnouncesEachJobInOrderAndEachEndOnce(WorkerMode mode, int seed) =>
        await new ParallelRun(mode, isHeard: true, seed).GoAsync(TimeSpan.FromSeconds(3));
}
