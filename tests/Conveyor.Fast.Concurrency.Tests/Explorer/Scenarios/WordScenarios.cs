using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>
/// Two moves from one word, on a bare record: every pair that can begin in one state. The word has taken as many steps as
/// moves have won, and bears the flags that were won.
/// </summary>
internal static class WordScenarios
{
    private const int Slot = 70;
    private const long Start = 9 * OneStep;
    private const long Id = Start | Slot;

    public static readonly Scenario[] All =
    [
        .. Pairs(
            Waiting,
            new("start", 0, static (ref record, seen) => JobMoves.TryBegin(ref record, Ticket(seen, Slot), 0, out _) == BeginFate.Started),
            new("cancel", 0, static (ref record, _) => TryCancel(ref record)),
            new("remove", 0, static (ref record, seen) => JobMoves.TryRemove(ref record, seen, 0, out _)),
            new("hold", Held, static (ref record, _) => JobMoves.TryHold(ref record, Id, out _)),
            new("wait for", HasWaiter, static (ref record, _) => JobWaiters.TryFlag(ref record, Id))),
        .. Pairs(
            Active,
            new("complete", 0, static (ref record, seen) => TryEnd(ref record, seen, Completed)),
            new("fail", 0, static (ref record, seen) => TryEnd(ref record, seen, Failed)),
            new("retry", 0, static (ref record, seen) => JobMoves.TryRequeue(ref record, Ticket(seen, Slot), Delayed, 0, out _) == EndFate.Won),
            new("ask to cancel", CancelRequested, static (ref record, seen) => JobMoves.TryRequestCancel(ref record, Ticket(seen, Slot))),
            new("attach to", HasFurtherParents, static (ref record, _) => JobMoves.TryAttach(ref record, Id, mustLive: true))),
        .. Pairs(
            Delayed,
            new("fall due", 0, static (ref record, seen) => JobMoves.TryFallDue(ref record, Ticket(seen, Slot), 0, out _)),
            new("delay anew", 0, static (ref record, seen) => JobMoves.TryDelayAnew(ref record, seen, out _)),
            new("cancel", 0, static (ref record, _) => TryCancel(ref record)),
            new("hold", Held, static (ref record, _) => JobMoves.TryHold(ref record, Id, out _))),
        .. Pairs(
            WaitingChildren,
            new("promote", 0, static (ref record, seen) => JobMoves.TryPromote(ref record, seen, 0, out _)),
            new("end by policy", 0, static (ref record, _) => JobMoves.TryEndByPolicy(ref record, Failed, 0, out long old, out long word) && old != word),
            new("cancel", 0, static (ref record, _) => TryCancel(ref record)),
            new("remove", 0, static (ref record, seen) => JobMoves.TryRemove(ref record, seen, 0, out _))),
        .. Pairs(
            Failed | Recorded,
            new("retry by hand", 0, static (ref record, seen) => JobMoves.TryRevive(ref record, seen, Waiting, 0, out _)),
            new("remove", 0, static (ref record, seen) => JobMoves.TryRemove(ref record, seen, 0, out _) && Record(ref record)),
            new("free", 0, static (ref record, seen) => JobMoves.TryFree(ref record, seen)),
            new("hold", Held, static (ref record, _) => JobMoves.TryHold(ref record, Id, out _))),
    ];

    private delegate bool TryMove(ref JobRecord record, long seen);

    private static IEnumerable<Scenario> Pairs(long stay, params Move[] moves) =>
        from one in Enumerable.Range(0, moves.Length)
        from other in Enumerable.Range(one, moves.Length - one)
        select Pair(Start | stay, moves[one], moves[other]);

    private static Scenario Pair(long word, Move one, Move other) => Scenario.Short($"{(JobState)State(word)} word: {one.Name} | {other.Name}", play =>
    {
        JobRecord[] records = [new JobRecord { Id = Id, Word = word }];
        bool[] won = new bool[2];
        play.Thread(one.Name, () => won[0] = one.Try(ref records[0], word));
        play.Thread(other.Name + "'", () => won[1] = other.Try(ref records[0], word));
        play.Afterwards(() =>
        {
            long steps = ((records[0].Word & StepMask) - (word & StepMask)) / OneStep;
            int wins = (won[0] && one.Flag == 0 ? 1 : 0) + (won[1] && other.Flag == 0 ? 1 : 0);
            long flags = (won[0] ? one.Flag : 0) | (won[1] ? other.Flag : 0);
            Assert.True(won[0] || won[1], "neither move has won");
            Assert.True(steps == wins, $"{wins} steps have been won and the word has taken {steps}");
            Assert.True((records[0].Word & flags) == flags, "a flag that was won is lost");
        });
    });

    private static bool TryEnd(ref JobRecord record, long seen, long state) =>
        JobMoves.TryEnd(ref record, Ticket(seen, Slot), state, 0, out long old, out long word) == EndFate.Won && old != word;

    private static bool TryCancel(ref JobRecord record) =>
        JobMoves.TryCancel(ref record, Id, 0, out long old, out long word) && old != word && Record(ref record);

    /// <summary>The winner of an end says that it is done, for who waits for that.</summary>
    private static bool Record(ref JobRecord record)
    {
        Atomic.Or(ref record.Word, Recorded);
        return true;
    }

    /// <summary>One way out of a state, or a flag that is set in it.</summary>
    /// <param name="Name">What it is called.</param>
    /// <param name="Flag">What it leaves in the word if it takes no step; 0 for a step.</param>
    /// <param name="Try">Tries it from a word; true if it wins.</param>
    private sealed record Move(string Name, long Flag, TryMove Try);
}
