using System.Runtime.CompilerServices;

namespace Conveyor.Fast.Threading;

/// <summary>
/// A list that does not shrink: one writer at a time, any number of readers. The array is copied and swapped when it is full,
/// so adding many costs no more than their number.
/// </summary>
internal sealed class PublishedList<T>
    where T : class
{
    private T[] _items = new T[4];
    private int _count;

    public int Count => Atomic.Read(ref _count);

    public ReadOnlySpan<T> All
    {
        get
        {
            int count = Atomic.Read(ref _count); // Before the array: a larger one holds what a smaller one held.
            return Atomic.Read(ref _items).AsSpan(0, count);
        }
    }

    /// <summary>Plain read: whoever knows a number came after its item.</summary>
    public T this[int number]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _items[number];
    }

    public void Add(T item)
    {
        if (_count == _items.Length)
        {
            T[] grown = new T[_count * 2];
            _items.CopyTo(grown, 0);
            Atomic.Write(ref _items, grown);
        }

        Atomic.Write(ref _items[_count], item);
        Atomic.Write(ref _count, _count + 1);
    }

    /// <summary>Puts another item in a place that no reader can know any more.</summary>
    public void Replace(int number, T item) => Atomic.Write(ref _items[number], item);
}
