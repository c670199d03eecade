using Conveyor.Fast.Admission;
using Conveyor.Fast.Dispatch;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>Bands that fill and empty, fronts and heaps; and what adds to a queue remember.</summary>
internal static class QueueScenarios
{
    public static readonly Scenario[] All =
    [
        Channel("a band empties while it is filled", priority: 0, toFront: false, isShort: true),
        Channel("a front empties while it is filled", priority: 0, toFront: true, isShort: false),
        Channel("a rare band empties while it is filled", priority: 99, toFront: false, isShort: true),

        new("a front's nodes change hands", static play =>
        {
            TicketStack stack = new();
            stack.Push(1);
            stack.Push(2);
            stack.Push(3);
            List<long> taken = [];
            play.Thread("a", () => Take(stack, taken));
            play.Thread("b", () =>
            {
                stack.TryPop(out long first);
                Take(stack, taken);
                stack.Push(first);
            });
            play.Afterwards(() =>
            {
                while (stack.TryPop(out long ticket))
                {
                    taken.Add(ticket);
                }

                taken.Sort();
                Assert.True(taken.SequenceEqual([1L, 2, 3]), "taken: " + string.Join(" ", taken));
            });
        }),

        Scenario.Short("one name is looked up with two options", static play =>
        {
            DefinitionCache cache = new(JobOptions.None, JobOptions.None, lifo: false);
            int[] found = new int[2];
            play.Thread("one", () => Find(0));
            play.Thread("other", () => Find(1));
            play.Afterwards(() => Assert.True(found is [1, 2], $"jobs of priorities 1 and 2 were made with {found[0]} and {found[1]}"));

            void Find(int number) => found[number] = cache.Get("job", new JobOptions { Priority = number + 1 }).Settings.Priority;
        }),
    ];

    private static Scenario Channel(string name, int priority, bool toFront, bool isShort) => new(name, play =>
    {
        ReadyChannel channel = new();
        List<long> taken = [];
        channel.Writer.TryWrite(new ReadyTicket(1, priority, toFront));
        play.Thread("writer", () => channel.Writer.TryWrite(new ReadyTicket(2, priority, toFront)));
        play.Thread("taker", () =>
        {
            Take(channel, taken);
            Take(channel, taken);
        });
        play.Afterwards(() =>
        {
            while (Take(channel, taken))
            {
            }

            taken.Sort();
            Assert.True(taken.SequenceEqual([1L, 2]), "taken: " + string.Join(" ", taken));
        });
    }, isShort);

    private static bool Take(ReadyChannel channel, List<long> taken)
    {
        bool any = channel.Reader.TryRead(out ReadyTicket item);
        if (any)
        {
            taken.Add(item.Ticket);
        }

        return any;
    }

    private static void Take(TicketStack stack, List<long> taken)
    {
        if (stack.TryPop(out long ticket))
        {
            taken.Add(ticket);
        }
    }
}
