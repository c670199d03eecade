namespace Conveyor.Fast.Dispatch;

/// <summary>What a ready queue carries: a job's ticket, and its place.</summary>
internal readonly record struct ReadyTicket(long Ticket, int Priority, bool ToFront);
