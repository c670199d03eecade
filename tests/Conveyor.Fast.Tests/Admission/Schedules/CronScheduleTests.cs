namespace Conveyor.Fast.Tests.Admission.Schedules;

public class CronScheduleTests
{
    [Theory]
    [InlineData("*/2 * * * *", new double[] { 120, 240, 360 })]
    [InlineData("30 */2 * * * *", new double[] { 30, 150, 270 })]
    [InlineData("30 */2 * * * * 2026", new double[] { 30, 150, 270 })]
    [Trait("Behaviour", "REP-03")]
    [Trait("Behaviour", "REP-10")]
    public void Cron_WithFiveSixOrSevenFields_RunsFromTheFirstMatchOn(string cron, double[] starts)
    {
        using ScheduleScene scene = new();
        Assert.Equal(JobState.Delayed, scene.Add(new RepeatOptions { Cron = cron }).Job.State);
        scene.RunUntil(360);
        Assert.Equal(starts, scene.Starts);
    }

    [Fact]
    [Trait("Behaviour", "REP-04")]
    public void Cron_InATimeZone_MatchesItsLocalTime()
    {
        using ScheduleScene scene = new();
        scene.Add(new RepeatOptions { Cron = "0 9 * * *", TimeZone = "Asia/Tokyo" }, "tokyo");
        scene.Add(new RepeatOptions { Cron = "0 9 * * *", TimeZone = "America/New_York" }, "york");
        Assert.Equal([ScheduleScene.At(24 * 3600), ScheduleScene.At(14 * 3600)], scene.Queue.GetSchedules().Select(static schedule => schedule.DueAt!.Value));
    }

    [Fact]
    [Trait("Behaviour", "REP-12")]
    [Trait("Behaviour", "REP-08")]
    public void Cron_WithAFutureStart_RunsFirstAtTheFirstMatchAtOrAfterIt()
    {
        using ScheduleScene scene = new();
        scene.Add(new RepeatOptions { Cron = "* * * * *", Start = ScheduleScene.At(600) }, "at");
        scene.Add(new RepeatOptions { Cron = "* * * * *", Start = ScheduleScene.At(601) }, "after");
        scene.RunUntil(720);
        Assert.Equal([600, 660, 660, 720, 720], scene.Starts);
    }

    [Fact]
    public void Cron_StartIsNow_RunsNowIfItMatches()
    {
        using ScheduleScene scene = new();
        scene.Add(new RepeatOptions { Cron = "* * * * *", Start = ScheduleScene.At(0) });
        scene.RunUntil(60);
        Assert.Equal([0, 60], scene.Starts);
    }

    [Fact]
    public void Cron_Immediately_RunsNowAndThenAtEachMatch()
    {
        using ScheduleScene scene = new();
        scene.Spend(5);
        scene.Add(new RepeatOptions { Cron = "* * * * *", Immediately = true });
        scene.RunUntil(120);
        Assert.Equal([5, 60, 120], scene.Starts);
    }

    [Fact]
    [Trait("Behaviour", "REP-07")]
    public void Cron_MatchAtTheEnd_HasNoRun()
    {
        using ScheduleScene scene = new();
        scene.Add(new RepeatOptions { Cron = "* * * * *", End = ScheduleScene.At(180) });
        scene.RunUntil(600);
        Assert.Equal([60, 120], scene.Starts);
        Assert.Empty(scene.Queue.GetSchedules());
    }

    [Fact]
    public void Cron_YearsThatPass_EndTheSchedule()
    {
        using ScheduleScene scene = new();
        scene.Add(new RepeatOptions { Cron = "0 0 0 1 7 * 2026,2028" });
        scene.RunUntil(TimeSpan.FromDays(366 * 5).TotalSeconds);
        Assert.Equal(
            [new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2028, 7, 1, 0, 0, 0, TimeSpan.Zero)],
            scene.Starts.Select(ScheduleScene.At));
        Assert.Empty(scene.Queue.GetSchedules());
    }

    [Fact]
    [Trait("Behaviour", "REP-27")]
    public void Cron_TwoSchedulesOfOneText_BothRun()
    {
        using ScheduleScene scene = new();
        scene.Add(new RepeatOptions { Cron = "* * * * *" }, "one");
        scene.Add(new RepeatOptions { Cron = "* * * * *" }, "two");
        scene.RunUntil(120);
        Assert.Equal([60, 60, 120, 120], scene.Starts);
    }
}
