namespace Conveyor.Fast.Concurrency.Tests.Soak;

/// <summary>Where handlers hang, whatever their token says, until somebody lets them all go.</summary>
internal sealed class HangingPlace
{
    private TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isOpen;

    public Task HangAsync() => _isOpen ? Task.CompletedTask : Volatile.Read(ref _gate).Task;

    public void LetGo() => Interlocked.Exchange(ref _gate, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    /// <summary>Nobody hangs any more. Whoever had seen it closed hangs at a gate that is let go after that.</summary>
    public void Open()
    {
        _isOpen = true;
        LetGo();
        LetGo();
    }

    public void Close() => _isOpen = false;
}
