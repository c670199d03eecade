namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>A parent and only as many children as two acts need, so that what they do to the last edges meets.</summary>
internal sealed class Family
{
    private static readonly JobOptions s_retried = new() { Attempts = 9 };
    private static readonly JobOptions s_keyed = new() { Attempts = 9, Deduplication = Deduplication.ByKey("k") };

    private Family(Play play, Act[] acts)
    {
        Stage = new Stage(play);
        Sides = [new Side(Stage), new Side(Stage)];
        int running = acts.Count(static act => act.Uses == Kin.Running);
        int waiting = acts.Count(static act => act.Uses == Kin.Waiting);
        bool isKeyed = acts.Any(static act => act.Uses == Kin.Keyed); // The other act has one child at most.
        JobHandle[] jobs = Stage.AddFamily(Math.Max(1, running + waiting), parent: null, isKeyed ? s_keyed : s_retried);
        Parent = jobs[0];
        int next = 1;
        for (int side = 0; side < 2; side++)
        {
            if (acts[side].Uses == Kin.Running)
            {
                Assert.True(Sides[side].Hand.TryTake());
                Sides[side].Running = jobs[next++];
            }
        }

        for (int side = 0; side < 2; side++)
        {
            if (acts[side].Uses == Kin.Waiting)
            {
                Sides[side].Waiting = jobs[next++];
            }
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
    public void Attach() => Stage.AddFamily(1, parent: null, s_keyed);

    private void Play(Act act, int side)
    {
        act.Do(this, Sides[side]);
        Worker?.End();
    }

    private void AssertNothingWaitsForALoop() =>
        Assert.True(Worker is null || Worker.Core.IsClosed || Stage.Ready.Ready.IsEmpty, "the loop sleeps and a ticket waits");
}
