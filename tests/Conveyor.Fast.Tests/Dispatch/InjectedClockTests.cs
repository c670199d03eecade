using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

public class InjectedClockTests
{
    /// <summary>Limits of rates are not among them: there are none yet.</summary>
    [Fact]
    [Trait("Behaviour", "WRK-17")]
    public async Task Pump_UnderAClockThatIsAdvanced_DelaysRepeatsBacksOffTimesOutAndStalls()
    {
        using PumpedStore test = new();
        DateTimeOffset begin = test.Time.GetUtcNow();
        TimeSpan hour = TimeSpan.FromHours(1);
        List<string> ran = [];
        test.Work("q", job =>
        {
            ran.Add($"{Hours()} {job.Name}");
            return job.Name == "fails" && job.AttemptsMade == 0 ? throw new InvalidOperationException("once") : null;
        });
        HeldHandler held = new();
        Worker worker = test.Work("held", held, concurrency: 2);
        test.Queue("q").AddDelayed("delayed", 0, 3 * hour);
        test.Queue("q").AddSchedule("s", new RepeatOptions { Every = 2 * hour }, "repeated", 0);
        test.Queue("q").Add("fails", new JobOptions { Attempts = 2, Backoff = Backoff.Fixed(5 * hour) });
        JobHandle limited = test.Queue("held").Add("limited", new JobOptions { Timeout = 4.5 * hour });
        JobHandle stalled = test.Queue("held").Add("stalled");

        List<double> due = [];
        while (test.Pump().NextDue is { } next && Hours() + next.TotalHours <= 6)
        {
            test.Time.Advance(next);
            due.Add(Hours());
        }

        Assert.Equal([2, 3, 4, 4.5, 5, 6], due);
        Assert.Equal(["0 repeated", "0 fails", "2 repeated", "3 delayed", "4 repeated", "5 fails", "6 repeated"], ran);
        Assert.Equal((JobState.Failed, begin + 4.5 * hour), (limited.State, limited.GetInfo().EndedAt));
        held.Next().Return();
        HeldRun late = held.Next();

        Task closing = worker.CloseAsync(TimeSpan.Zero);
        Assert.Equal((JobState.Active, true), (stalled.State, late.Token.IsCancellationRequested));
        test.Time.Advance(TimeSpan.FromSeconds(1));
        await closing.Within();
        Assert.Equal((JobState.Waiting, 1), (stalled.State, stalled.GetInfo().StalledCount));
        late.Return();

        double Hours() => (test.Time.GetUtcNow() - begin).TotalHours;
    }
}
