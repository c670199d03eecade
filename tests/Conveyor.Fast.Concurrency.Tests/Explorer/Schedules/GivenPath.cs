using System.Globalization;
using System.Numerics;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Schedules;

/// <summary>The choices of an earlier execution, one digit each.</summary>
internal sealed class GivenPath(string choices) : ISchedule
{
    private int _place;

    public void Begin() => _place = 0;

    public int Choose(Execution execution, int enabled)
    {
        int choice = _place < choices.Length ? int.Parse(choices.AsSpan(_place++, 1), NumberStyles.HexNumber) : -1;
        return choice >= 0 && (enabled >> choice & 1) != 0 ? choice : BitOperations.TrailingZeroCount(enabled);
    }

    public static string Of(Execution execution) => string.Concat(execution.Trace.Select(static line => line.Choice.ToString("x", CultureInfo.InvariantCulture)));
}
