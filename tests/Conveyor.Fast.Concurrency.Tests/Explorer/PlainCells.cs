namespace Conveyor.Fast;

/// <summary>Fields for textbook cases. In the library's namespace, so that its plain accesses are woven.</summary>
internal sealed class PlainCells
{
    private readonly Lock _lock = new();
    private int _one;
    private int _other;

    public int One => _one;

    public void Count() => _one++;

    public void CountLocked()
    {
        lock (_lock)
        {
            _one++;
        }
    }

    public void SetOneThenOther()
    {
        _one = 1;
        _other = 1;
    }

    public bool DoesOtherImplyOne() => _other == 0 || _one == 1;

    public int SetOneAndLook()
    {
        _one = 1;
        return _other;
    }

    public int SetOtherAndLook()
    {
        _other = 1;
        return _one;
    }
}
