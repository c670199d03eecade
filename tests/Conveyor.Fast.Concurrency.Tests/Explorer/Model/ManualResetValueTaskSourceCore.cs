using System.Threading.Tasks.Sources;
using Conveyor.Fast.Concurrency.Tests.Explorer;
using Conveyor.Fast.Concurrency.Tests.Explorer.Model;

namespace Conveyor.Fast;

/// <summary>
/// The runtime's core of a pooled wait as the explorer builds it. Ending it is two steps, as who ends it looks for the
/// continuation after it has stored the outcome; a core that is reset in between is found out. A continuation is called then and there.
/// </summary>
[Unwoven]
internal struct ManualResetValueTaskSourceCore<T>
{
    private nint _place;
    private T? _result;
    private Exception? _error;
    private Action<object?>? _continuation;
    private object? _state;
    private bool _hasOutcome;
    private bool _isSignaled;

    public bool RunContinuationsAsynchronously { get; set; }

    public short Version { get; private set; }

    private nint Place => _place != 0 ? _place : _place = Places.Next();

    public void SetResult(T result)
    {
        Begin(StepKind.Change, nameof(SetResult));
        _result = result;
        Signal();
    }

    public void SetException(Exception error)
    {
        Begin(StepKind.Change, nameof(SetException));
        _error = error;
        Signal();
    }

    public ValueTaskSourceStatus GetStatus(short token)
    {
        Begin(StepKind.Read, nameof(GetStatus));
        Check(token);
        return !_hasOutcome || !(_isSignaled || _continuation is not null) ? ValueTaskSourceStatus.Pending
            : _error is null ? ValueTaskSourceStatus.Succeeded
            : _error is OperationCanceledException ? ValueTaskSourceStatus.Canceled : ValueTaskSourceStatus.Faulted;
    }

    public T GetResult(short token)
    {
        Begin(StepKind.Read, nameof(GetResult));
        Check(token);
        return !_hasOutcome ? throw new InvalidOperationException("It is not over.") : _error is null ? _result! : throw _error;
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        Begin(StepKind.Change, nameof(OnCompleted));
        Check(token);
        if (_isSignaled)
        {
            continuation(state);
            return;
        }

        _continuation = continuation;
        _state = state;
    }

    public void Reset()
    {
        Begin(StepKind.Change, nameof(Reset));
        Version++;
        _result = default;
        _error = null;
        _continuation = null;
        _state = null;
        _hasOutcome = false;
        _isSignaled = false;
    }

    private void Signal()
    {
        if (_hasOutcome)
        {
            Agent.Current?.Fail("A wait was ended twice.");
        }

        short number = Version;
        _hasOutcome = true;
        Begin(StepKind.Change, nameof(Signal));
        if (number != Version)
        {
            Agent.Current?.Fail("A wait was used again while somebody ended it.");
        }

        _isSignaled = true;
        _continuation?.Invoke(_state);
    }

    private readonly void Check(short token)
    {
        if (token != Version)
        {
            throw new InvalidOperationException("It has been awaited.");
        }
    }

    private void Begin(StepKind kind, string member) => Agent.Current?.Take(kind, Place, "a wait", member, "");
}
