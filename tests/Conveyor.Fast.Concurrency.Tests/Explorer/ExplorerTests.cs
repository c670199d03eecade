using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>The explorer finds what is there to find in textbook cases, finds nothing in sound ones, and repeats itself.</summary>
public class ExplorerTests
{
    private const int Enough = 20_000;

    [Fact]
    public void All_ReadThenWrite_FindsTheLostUpdate()
    {
        using Explore explore = new();
        Finding? finding = explore.All(CountingWith(static (ref int count) => Atomic.Write(ref count, Atomic.Read(ref count) + 1)), Enough, buffered: false, out _);
        Assert.Contains("1 of 2", finding?.Fault);
    }

    [Fact]
    public void All_Increments_LoseNothing()
    {
        using Explore explore = new();
        Assert.Null(explore.All(CountingWith(static (ref int count) => Atomic.Increment(ref count)), Enough, buffered: true, out bool isComplete));
        Assert.True(isComplete);
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    public void All_StoreThenLookAtTheOthers_NeedsAFenceOnceStoresAreBuffered(bool buffered, bool hasFence, bool isBroken)
    {
        using Explore explore = new();
        Finding? finding = explore.All(Dekker(hasFence), Enough, buffered, out _);
        Assert.Equal(isBroken, finding is not null);
    }

    [Fact]
    public void All_LocksTakenInTwoOrders_FindsTheDeadlock()
    {
        using Explore explore = new();
        Finding? finding = explore.All(new Scenario("two locks", static play =>
        {
            Lock one = new();
            Lock other = new();
            play.Thread("a", () => Nest(one, other));
            play.Thread("b", () => Nest(other, one));
        }), Enough, buffered: false, out _);
        Assert.Contains("nobody can go on", finding?.Fault);

        static void Nest(Lock outer, Lock inner)
        {
            lock (outer)
            {
                lock (inner)
                {
                    // Both are held.
                }
            }
        }
    }

    [Fact]
    public void All_ScenarioThatGoesAnotherWayEachTime_SaysSo()
    {
        using Explore explore = new();
        int runs = 0;
        Finding? finding = explore.All(new Scenario("six steps a thread, then one", play =>
        {
            int[] count = [0];
            int steps = runs++ % 2 == 0 ? 6 : 1;
            play.Thread("a", () => Step(ref count[0], steps));
            play.Thread("b", () => Step(ref count[0], steps));
        }), Enough, buffered: false, out _);
        Assert.Contains("led elsewhere", finding?.Fault);

        static void Step(ref int count, int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                Atomic.Increment(ref count);
            }
        }
    }

    [Fact]
    public void All_SpinForAnotherThread_EndsAndIsSmall()
    {
        using Explore explore = new();
        Finding? finding = explore.All(new Scenario("spin", static play =>
        {
            int[] flag = [0];
            play.Thread("waits", () =>
            {
                SpinWait spin = default;
                while (Atomic.Read(ref flag[0]) == 0)
                {
                    spin.SpinOnce();
                }
            });
            play.Thread("sets", () => Atomic.Write(ref flag[0], 1));
        }), Enough, buffered: true, out bool isComplete);
        Assert.Null(finding);
        Assert.True(isComplete && explore.Executions < 50, $"{explore.Executions} executions");
    }

    [Fact]
    public void All_StepsThatDoNotMeet_AreOneSchedule()
    {
        using Explore explore = new();
        explore.All(new Scenario("apart", static play =>
        {
            int[] counts = [0, 0];
            for (int thread = 0; thread < 2; thread++)
            {
                int mine = thread;
                play.Thread("t" + mine, () =>
                {
                    for (int i = 0; i < 12; i++)
                    {
                        Atomic.Increment(ref counts[mine]);
                    }
                });
            }
        }), Enough, buffered: false, out bool isComplete);
        Assert.True(isComplete);
        Assert.Equal(1, explore.Executions);
    }

    [Theory]
    [InlineData(2, 2, 6)]
    [InlineData(3, 3, 20)]
    [InlineData(5, 5, 252)]
    public void All_StepsThatAllMeet_AreAllOrders(int first, int second, int orders)
    {
        using Explore explore = new();
        HashSet<string> seen = [];
        explore.All(new Scenario("together", play =>
        {
            int[] count = [0];
            List<char> order = [];
            play.Thread("a", () => Repeat(first, 'a'));
            play.Thread("b", () => Repeat(second, 'b'));
            play.Afterwards(() => seen.Add(string.Concat(order)));

            void Repeat(int times, char letter)
            {
                for (int i = 0; i < times; i++)
                {
                    Atomic.Increment(ref count[0]);
                    order.Add(letter);
                }
            }
        }), Enough, buffered: false, out bool isComplete);
        Assert.True(isComplete);
        Assert.Equal(orders, seen.Count);
    }

    [Fact]
    public void Random_SameSeed_GivesTheSameTraceAgain()
    {
        using Explore explore = new();
        Scenario scenario = CountingWith(static (ref int count) => Atomic.Write(ref count, Atomic.Read(ref count) + 1));
        Finding? first = explore.Random(scenario, 2000);
        Assert.NotNull(first);
        Finding? again = explore.Replay(scenario, first.Seed);
        Assert.Equal(first.ToString(), again?.ToString());
        Assert.Contains("Read", first.Trace);
    }

    [Fact]
    public void All_PathOfAFinding_ReplaysIt()
    {
        using Explore explore = new();
        Finding? first = explore.All(Dekker(hasFence: false), Enough, buffered: true, out _);
        Assert.NotNull(first);
        Assert.Equal(first.ToString(), explore.Replay(Dekker(hasFence: false), first.Seed)?.ToString());
    }

    [Fact]
    public void All_LookThenStoreWithStoreBuffers_SeesEachOutcome()
    {
        using Explore explore = new();
        SortedSet<string> seen = [];
        explore.All(new Scenario("look, then store", play =>
        {
            int[] places = new int[64];
            int[] looks = new int[2];
            play.Thread("a", () => LookThenStore(0, 32));
            play.Thread("b", () => LookThenStore(32, 0));
            play.Afterwards(() => seen.Add($"{looks[0]}{looks[1]}"));

            void LookThenStore(int look, int store)
            {
                looks[look / 32] = Atomic.Read(ref places[look]);
                Atomic.Write(ref places[store], 1);
            }
        }), Enough, buffered: true, out bool isComplete);
        Assert.True(isComplete);
        Assert.Equal(["00", "01", "10"], seen);
    }

    private delegate void Count(ref int count);

    private static Scenario CountingWith(Count up) => new("two count", play =>
    {
        int[] count = [0];
        play.Thread("a", () => up(ref count[0]));
        play.Thread("b", () => up(ref count[0]));
        play.Afterwards(() => Assert.True(count[0] == 2, $"{count[0]} of 2"));
    });

    private static Scenario Dekker(bool hasFence) => new("store, then look", play =>
    {
        int[] said = new int[64];
        int[] heard = [0];
        for (int thread = 0; thread < 2; thread++)
        {
            int mine = thread * 32;
            int theirs = 32 - mine;
            play.Thread("t" + thread, () =>
            {
                if (hasFence)
                {
                    Atomic.Exchange(ref said[mine], 1);
                }
                else
                {
                    Atomic.Write(ref said[mine], 1);
                }

                heard[0] += Atomic.Read(ref said[theirs]);
            });
        }

        play.Afterwards(() => Assert.True(heard[0] > 0, "neither saw the other"));
    });
}
