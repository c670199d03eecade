namespace Conveyor.Fast.Jobs;

/// <summary>By due time, then by the order of being delayed.</summary>
internal readonly record struct DueOrder(long Due, long Order) : IComparable<DueOrder>
{
    public int CompareTo(DueOrder other) => Due != other.Due ? Due.CompareTo(other.Due) : Order.CompareTo(other.Order);
}
