using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Admission;

public class TypedErrorsTests
{
    [Fact]
    [Trait("Behaviour", "VLD-12")]
    public async Task Errors_OfTheEngine_AreTypedAndSayWhatWasFound()
    {
        using PumpedStore test = new();
        JobHandle job = test.Queue("q").Add("job");

        InvalidJobStateException wrongState = Assert.Throws<InvalidJobStateException>(() => job.Retry());
        Assert.Equal((job.Id, JobState.Waiting), (wrongState.Id, wrongState.Current));
        Assert.Contains("Failed or Canceled", wrongState.Expected);
        Assert.Contains("Waiting", wrongState.Message);
        Assert.Contains(wrongState.Expected, wrongState.Message);

        Task<int> wait = job.WaitUntilFinishedAsync<int>(TestContext.Current.CancellationToken).AsTask();
        job.Remove();
        JobNotFoundException[] notFound =
        [
            Assert.Throws<JobNotFoundException>(() => job.GetInfo()),
            Assert.Throws<JobNotFoundException>(() => job.Retry()),
            await Assert.ThrowsAsync<JobNotFoundException>(() => wait.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)),
        ];
        Assert.All(notFound, error =>
        {
            Assert.Equal((job.Id, "q"), (error.Id, error.QueueName));
            Assert.Contains($"{job.Id}", error.Message);
            Assert.Contains("'q'", error.Message);
        });

        Assert.All(
            typeof(JobStore).Assembly.GetExportedTypes().Where(static type => type.IsSubclassOf(typeof(Exception)) && type != typeof(ConveyorException)),
            static type => Assert.Equal(typeof(ConveyorException), type.BaseType));
    }

    [Fact]
    public void NotFound_SlotUsedAgain_NamesTheJobAndNoWrongQueue()
    {
        using PumpedStore test = new();
        JobHandle gone = test.Queue("q").Add("job");
        gone.Remove();
        test.Queue("other").AddBulk(Enumerable.Repeat(new JobRequest<int>("job", 1), 1000));

        JobNotFoundException error = Assert.Throws<JobNotFoundException>(() => gone.GetInfo());

        Assert.Equal(gone.Id, error.Id);
        Assert.NotEqual("other", error.QueueName);
        Assert.Throws<JobNotFoundException>(() => default(JobHandle).GetInfo());
    }
}
