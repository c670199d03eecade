namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>A parent and only as many children as two acts need, so that what they do to the last edges meets.</summary>
internal sealed class Family
{
    private static readonly TimeSpan s_delay = TimeSpan.FromSeconds(1);
    private static readonly Kin[] s_children = [Kin.Running, Kin.Waiting, Kin.Delayed];
    private static readonly Act s_none = new("none", Kin.Waiting, static (_, _) => { });

    private Family(Play play, Act[] acts)
    {
        Stage = new Stage(play);
        Sides = [new Side(Stage), new Side(Stage)];
        bool isKeyed = acts.Any(static act => act.Uses == Kin.Keyed); // The other act has one child at most.

        // What is to run comes first, since hands take it from the queue.
        int[] sides = [.. Enumerable.Range(0, 2).Where(side => s_children.Contains(acts[side].Uses)).OrderBy(side => acts[side].Uses != Kin.Running)];
        JobOptions[] children = [.. sides.Select(side => OptionsFor(acts[side], isKeyed)).DefaultIfEmpty(OptionsFor(s_none, isKeyed))];
        JobHandle[] jobs = Stage.AddFamily(parent: null, children);
        Parent = jobs[0];
        for (int child = 0; child < sides.Length; child++)
        {
            Sides[sides[child]].Become(acts[sides[child]].Uses, jobs[child + 1]);
        }

        Worker = acts.Any(static act => act.Uses == Kin.Loop) ? new PlayedWorker(Stage, others: 2) : null;
    }

    public Stage Stage { get; }

    public JobHandle Parent { get; }

    public Side[] Sides { get; }

    /// <summary>Takes what waits; null if no act is about it.</summary>
    public PlayedWorker? Worker { get; }

    public static Scenario Pair(Act one, Act other) => new($"{one.Name} | {other.Name}", play =>
    {
        Family family = new(play, [one, other]);
        play.Thread(one.Name, () => family.Play(one, 0));
        play.Thread(other.Name == one.Name ? other.Name + "'" : other.Name, () => family.Play(other, 1));
        family.Worker?.PlayLoops(play);
        play.Afterwards(family.AssertNothingWaitsForALoop);
    });

    /// <summary>A flow whose leaf has the key of this family's child.</summary>
    public void Attach() => Stage.AddFamily(1, parent: null, OptionsFor(s_none, isKeyed: true));

    /// <summary>The time comes to what is delayed.</summary>
    public void FallDue()
    {
        Stage.Time.Advance(s_delay);
        Stage.Dispatcher.Alarm.Ring(); // Without a worker there is no timer.
    }

    private static JobOptions OptionsFor(Act act, bool isKeyed) => new()
    {
        Attempts = 9,
        MaxStalls = act.MaxStalls,
        Delay = act.Uses == Kin.Delayed ? s_delay : null,
        Deduplication = isKeyed ? Deduplication.ByKey("k") : null,
    };

    private void Play(Act act, int side)
    {
        act.Do(this, Sides[side]);
        Worker?.End();
    }

    private void AssertNothingWaitsForALoop() =>
        Assert.True(Worker is null || Worker.Core.IsClosed || Stage.Ready.Ready.IsEmpty, "the loop sleeps and a ticket waits");
}
