using Conveyor.Fast.Dispatch;
using CsCheck;

namespace Conveyor.Fast.Tests.Dispatch;

/// <summary>The heap of rare priorities, against a sorted list.</summary>
public class RareBandsTests
{
    [Fact]
    public void TryTakeAny_AfterAnyAddsAndTakes_GivesTheFirstOfTheSmallestPriority() =>
        Gen.Select(Gen.Bool, Gen.Int[-3, 3], Gen.Bool).Array[0, 400].Sample(static steps =>
        {
            RareBands bands = new();
            List<(int Priority, int Place, long Ticket)> model = [];
            int place = 0;
            foreach ((bool isTake, int priority, bool toFront) in steps)
            {
                place++;
                if (!isTake || model.Count == 0)
                {
                    bands.Add(new ReadyTicket(place, priority, toFront));
                    model.Add((priority, toFront ? -place : place, place));
                }
                else
                {
                    model.Sort();
                    Assert.True(bands.TryTakeAny(out ReadyTicket item));
                    Assert.Equal((model[0].Priority, model[0].Ticket), (item.Priority, item.Ticket));
                    model.RemoveAt(0);
                }

                Assert.Equal(model.Count, bands.Count);
            }
        });

    [Fact]
    public void TryTakeAny_OfManyPriorities_GivesThemInOrder()
    {
        RareBands bands = new();
        int[] priorities = [.. Enumerable.Range(-5_000, 10_000)];
        new Random(3).Shuffle(priorities);
        foreach (int priority in priorities)
        {
            bands.Add(new ReadyTicket(priority, priority, false));
        }

        Assert.Equal(Enumerable.Range(-5_000, 10_000).Select(static priority => (long)priority), TakeAll(bands));
    }

    [Fact]
    public void Add_OnceThePlacesRunOut_KeepsTheOrder()
    {
        RareBands bands = new(lastPlace: int.MaxValue - 3);
        for (int i = 1; i <= 6; i++)
        {
            bands.Add(new ReadyTicket(i, 9, ToFront: false));
            bands.Add(new ReadyTicket(-i, 9, ToFront: true));
        }

        Assert.Equal([-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6], TakeAll(bands));
    }

    private static List<long> TakeAll(RareBands bands)
    {
        List<long> tickets = [];
        while (bands.TryTakeAny(out ReadyTicket item))
        {
            tickets.Add(item.Ticket);
        }

        return tickets;
    }
}
