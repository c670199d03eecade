using System.Globalization;

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

    /// <summary>New York skips the hour from 02:00 (07:00 UTC) on 2026-03-08 and has the one from 01:00 (05:00 UTC) twice on 2026-11-01.</summary>
    [Theory]
    [InlineData("30 2 * * *", "03-07", "03-07 07:30", "03-08 07:00", "03-09 06:30")]
    [InlineData("30 1 * * *", "10-31", "10-31 05:30", "11-01 05:30", "11-02 06:30")]
    [InlineData("0 */30 1-3 * * *", "03-08", "03-08 06:00", "03-08 06:30", "03-08 07:00", "03-08 07:30", "03-09 05:00")]
    [InlineData("0 */30 1-3 * * *", "11-01", "11-01 05:00", "11-01 05:30", "11-01 06:00", "11-01 06:30", "11-01 07:00", "11-01 07:30", "11-01 08:00", "11-01 08:30", "11-02 06:00")]
    [Trait("Behaviour", "REP-38")]
    public void Cron_ThroughDaylightSaving_RunsFixedHoursOnceAndKeepsABeat(string cron, string from, params string[] starts)
    {
        using ScheduleScene scene = new();
        scene.Add(new RepeatOptions { Cron = cron, TimeZone = "America/New_York", Start = At($"{from} 00:00") });
        scene.RunUntil((At(starts[^1]) - ScheduleScene.Begin).TotalSeconds);
        Assert.Equal(starts, scene.Starts.Select(static start => ScheduleScene.At(start).ToString("MM-dd HH:mm", CultureInfo.InvariantCulture)));

        static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2026-{time}Z", CultureInfo.InvariantCulture);
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
