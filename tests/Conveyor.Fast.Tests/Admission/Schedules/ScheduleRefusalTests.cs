using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Admission.Schedules;

public class ScheduleRefusalTests
{
    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("0 0 0 1 1 * 2027 x")]
    [InlineData("60 * * * *")]
    [InlineData("* * * * MONDAY")]
    [InlineData("0 0 0 1 1 * 1900")]
    [InlineData("H * * * *")]
    [InlineData("@daily")]
    [InlineData("0 0 30 2 *")]
    [InlineData("0 0 31 4,6,9,11 *")]
    [InlineData("0 0 0 1 1 * 2025")]
    [InlineData("0 0 0 29 2 * 2027,2029")]
    [Trait("Behaviour", "REP-09")]
    public void AddSchedule_CronTextThatIsWrongOrNeverMatches_IsRefused(string cron)
    {
        string said = cron.Length == 0 ? "fields" : cron;
        AssertRefused(new RepeatOptions { Cron = cron }, said);
        AssertRefused(new RepeatOptions { Cron = cron, Immediately = true }, said);
    }

    [Fact]
    [Trait("Behaviour", "REP-05")]
    public void AddSchedule_UnknownTimeZone_IsRefused() =>
        AssertRefused(new RepeatOptions { Cron = "* * * * *", TimeZone = "Atlantis/Capital" }, "Atlantis/Capital");

    [Fact]
    [Trait("Behaviour", "REP-04")]
    public void AddSchedule_TimeZoneWithoutCronText_IsRefused() =>
        AssertRefused(new RepeatOptions { Every = TimeSpan.FromSeconds(1), TimeZone = "Europe/Berlin" }, "is for a cron text");

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [Trait("Behaviour", "REP-06")]
    public void AddSchedule_EndNotAfterTheStart_IsRefused(double seconds) => AssertRefused(
        new RepeatOptions { Every = TimeSpan.FromSeconds(1), Start = ScheduleScene.At(100), End = ScheduleScene.At(100 + seconds) }, "end comes after its start");

    [Fact]
    [Trait("Behaviour", "REP-19")]
    public void AddSchedule_CronAndInterval_IsRefused() =>
        AssertRefused(new RepeatOptions { Cron = "* * * * *", Every = TimeSpan.FromSeconds(1) }, "not both");

    [Fact]
    [Trait("Behaviour", "REP-20")]
    public void AddSchedule_NeitherCronNorInterval_IsRefused() => AssertRefused(new RepeatOptions { Limit = 1 }, "either");

    [Fact]
    [Trait("Behaviour", "REP-35")]
    public void AddSchedule_ImmediatelyWithAStart_IsRefused() =>
        AssertRefused(new RepeatOptions { Cron = "* * * * *", Immediately = true, Start = ScheduleScene.At(100) }, "immediately");

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-10_000)] // Timeout.InfiniteTimeSpan
    [InlineData(long.MinValue)]
    [InlineData((36_500L * 24 * 60 * 60 * 10_000_000) + 1)]
    [InlineData(long.MaxValue)]
    [Trait("Behaviour", "REP-21")]
    [Trait("Behaviour", "VLD-07")]
    public void AddSchedule_IntervalNotAboveZeroOrTooLong_IsRefused(long ticks)
    {
        TimeSpan every = new(ticks);
        Assert.Equal(every, RefusedAsOutOfRange("Every", () => new RepeatOptions { Every = every }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void AddSchedule_LimitBelowOne_IsRefused(long limit) =>
        Assert.Equal(limit, RefusedAsOutOfRange("Limit", () => new RepeatOptions { Every = TimeSpan.FromSeconds(1), Limit = limit }));

    [Theory]
    [InlineData(null)]
    [InlineData("* * * * *")]
    public void AddSchedule_StartTooFarAhead_IsRefused(string? cron)
    {
        TimeSpan? every = cron is null ? TimeSpan.FromSeconds(1) : null;
        DateTimeOffset last = ScheduleScene.Begin + TimeSpan.FromDays(36_500);
        AssertRefused(new RepeatOptions { Cron = cron, Every = every, Start = last.AddTicks(1) }, "36500 days");
        AssertRefused(new RepeatOptions { Cron = cron, Every = every, Start = DateTimeOffset.MaxValue }, "36500 days");
        using ScheduleScene scene = new();
        Assert.Equal(last, scene.Add(new RepeatOptions { Cron = cron, Every = every, Start = last }).DueAt);
    }

    [Fact]
    public void AddSchedule_WrongIdNameOrOptions_IsRefused()
    {
        using ScheduleScene scene = new();
        using StoreTraces traces = new(scene.Store);
        JobQueue queue = scene.Store.GetQueue("new");
        Assert.Throws<ArgumentException>("id", () => queue.AddSchedule("", ScheduleScene.EveryTen, "job", 1));
        Assert.Throws<ArgumentNullException>("id", () => queue.AddSchedule(null!, ScheduleScene.EveryTen, "job", 1));
        Assert.Throws<ArgumentNullException>("repeat", () => queue.AddSchedule("s", null!, "job", 1));
        Assert.Throws<ArgumentException>("name", () => queue.AddSchedule("s", ScheduleScene.EveryTen, "", 1));
        Assert.Throws<ArgumentException>("options", () => queue.AddSchedule("s", ScheduleScene.EveryTen, "job", 1, new JobOptions { Deduplication = Deduplication.ByKey("k") }));
        traces.AssertNone();
    }

    [Theory]
    [InlineData("nonsense", false)]
    [InlineData("0 0 30 2 *", false)]
    [InlineData("0 0 30 2 *", true)]
    public void AddSchedule_RefusedUpdate_LeavesTheScheduleAsItWas(string cron, bool immediately)
    {
        using ScheduleScene scene = new();
        scene.Add(ScheduleScene.EveryTen);
        Assert.Throws<ArgumentException>(() => scene.Add(new RepeatOptions { Cron = cron, Immediately = immediately }));
        scene.RunUntil(15);
        Assert.Equal([0, 10], scene.Starts);
    }

    /// <returns>The value that the refusal names.</returns>
    private static object? RefusedAsOutOfRange(string name, Func<RepeatOptions> repeat)
    {
        using ScheduleScene scene = new();
        using StoreTraces traces = new(scene.Store);
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(name, () => scene.Store.GetQueue("new").AddSchedule("s", repeat(), "job", 1));
        traces.AssertNone();
        Assert.DoesNotContain(scene.Store.GetQueues(), static queue => queue.Name == "new");
        return error.ActualValue;
    }

    private static void AssertRefused(RepeatOptions repeat, string said)
    {
        using ScheduleScene scene = new();
        using StoreTraces traces = new(scene.Store);
        ArgumentException error = Assert.Throws<ArgumentException>(nameof(repeat), () => scene.Store.GetQueue("new").AddSchedule("s", repeat, "job", 1));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        traces.AssertNone();
        Assert.Empty(scene.Store.GetQueue("new").GetSchedules());
        Assert.DoesNotContain(scene.Store.GetQueues(), static queue => queue.Name == "new");
    }
}
