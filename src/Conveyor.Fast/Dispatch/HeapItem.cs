namespace Conveyor.Fast.Dispatch;

/// <summary>A ticket and its order, priority above place, in one number: one comparison tells two apart.</summary>
internal readonly struct HeapItem(int priority, int place, long ticket)
{
    private const uint Sign = 1u << 31; // Turns signed order into unsigned order.

    public ulong Order { get; } = (ulong)((uint)priority ^ Sign) << 32 | ((uint)place ^ Sign);

    public long Ticket { get; } = ticket;

    public int Priority => (int)((uint)(Order >> 32) ^ Sign);

    public int Place => (int)((uint)Order ^ Sign);
}
