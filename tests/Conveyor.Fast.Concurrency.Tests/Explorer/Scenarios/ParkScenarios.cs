using Conveyor.Fast.Dispatch;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>A lot of one.</summary>
internal static class ParkScenarios
{
    public static readonly Scenario[] All =
    [
        Scenario.Short("park | wake", static play =>
        {
            ReadyChannel channel = new();
            Sleeper sleeper = new();
            bool sleeps = false;
            play.Thread("park", () =>
            {
                channel.Parked.Park(sleeper);
                sleeps = channel.IsEmpty || !channel.Parked.Leave(sleeper);
            });
            play.Thread("wake", () => channel.Writer.TryWrite(new ReadyTicket(1, 0, ToFront: false)));
            play.Afterwards(() => Assert.True(sleeper.Wakes == (sleeps ? 1 : 0), $"{(sleeps ? "asleep" : "awake")}, and woken {sleeper.Wakes} times"));
        }),

        Scenario.Short("wake | wake", static play =>
        {
            ParkingLot lot = new();
            Sleeper sleeper = new();
            lot.Park(sleeper);
            play.Thread("one", lot.WakeOne);
            play.Thread("other", lot.WakeOne);
            play.Afterwards(() => Assert.True(sleeper.Wakes == 1 && !lot.Any, $"woken {sleeper.Wakes} times, {lot.Count} left"));
        }),
    ];

    /// <summary>Another's place in a lot.</summary>
    internal sealed class Sleeper : IParked
    {
        public int Wakes { get; private set; }

        public void Wake() => Wakes++;
    }
}
