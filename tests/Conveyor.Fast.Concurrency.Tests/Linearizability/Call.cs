namespace Conveyor.Fast.Concurrency.Tests.Linearizability;

/// <summary>One call of a history: what was asked, what was answered, and between which two ticks.</summary>
internal record struct Call(int Kind, int Argument)
{
    public long Answer { get; set; }

    public long Invoked { get; set; }

    public long Returned { get; set; }

    public override readonly string ToString() => $"{Kind}({Argument}) = {Answer} within {Invoked} to {Returned}";
}
