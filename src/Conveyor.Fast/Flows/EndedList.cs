namespace Conveyor.Fast.Flows;

/// <summary>Jobs that one settlement ended, in order, linked through their records so that nothing is allocated.</summary>
internal struct EndedList
{
    public int First;
    public int Last;
}
