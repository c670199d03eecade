namespace Conveyor.Fast.Jobs;

/// <summary>Marks a cell whose struct lies in the bits beside it.</summary>
internal abstract class InlineValue
{
    public abstract Type Type { get; }

    public abstract object? Box(long bits);
}
