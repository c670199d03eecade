using System.Collections.Concurrent;

namespace Conveyor.Fast.Dispatch;

/// <summary>
/// Where the awaits of pumped handlers come back to: posted continuations and resumed loops run inside the next pump, on
/// its thread.
/// </summary>
internal sealed class PumpContext : SynchronizationContext, IParked
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(int.MaxValue);
    private readonly ConcurrentQueue<(SendOrPostCallback? Callback, object? State)> _posted = new();
    private readonly ManualResetEventSlim _signal = new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        _posted.Enqueue((d, state));
        Signal();
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    public void Resume(PumpedLoop loop)
    {
        _posted.Enqueue((null, loop));
        Signal();
    }

    public void Signal() => _signal.Set();

    public void Wake() => Signal();

    public bool IsEmpty => _posted.IsEmpty;

    /// <summary>Runs what has been posted so far.</summary>
    public void RunPosted()
    {
        for (int left = _posted.Count; left > 0 && _posted.TryDequeue(out (SendOrPostCallback? Callback, object? State) item); left--)
        {
            if (item.Callback is { } callback)
            {
                callback(item.State);
            }
            else
            {
                PumpedLoop loop = (PumpedLoop)item.State!;
                loop.Prepare();
                loop.ResumeSuspended();
                loop.Rest(); // A parent it kept to run next would stand in no queue and get no turn.
            }
        }
    }

    public void Reset() => _signal.Reset();

    /// <summary>Waits for a signal, but no longer than a thread can: who waits looks again anyway.</summary>
    public void Wait(TimeSpan timeout) => _signal.Wait(timeout < s_longestWait ? timeout : s_longestWait);
}
