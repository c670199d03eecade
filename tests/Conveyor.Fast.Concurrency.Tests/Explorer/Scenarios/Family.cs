namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>A parent and only as many children as two acts need, so that what they do to the last edges meets.</summary>
internal sealed class Family
{
    private static readonly JobOptions s_retried = new() { Attempts = 9 };

    private Family(Play play, Act[] acts)
    {
        Stage = new Stage(play);
        Sides = [new Side(Stage), new Side(Stage)];
        int running = acts.Count(static act => act.Uses == Kin.Running);
        int waiting = acts.Count(static act => act.Uses == Kin.Waiting);
        JobHandle[] jobs = Stage.AddFamily(Math.Max(1, running + waiting), parent: null, s_retried);
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
    }

    public Stage Stage { get; }

    public JobHandle Parent { get; }

    public Side[] Sides { get; }

    public static Scenario Pair(Act one, Act other) => new($"{one.Name} | {other.Name}", play =>
    {
        Family family = new(play, [one, other]);
        play.Thread(one.Name, () => one.Do(family, family.Sides[0]));
        play.Thread(other.Name == one.Name ? other.Name + "'" : other.Name, () => other.Do(family, family.Sides[1]));
    });
}
