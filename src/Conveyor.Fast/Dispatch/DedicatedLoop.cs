namespace Conveyor.Fast.Dispatch;

/// <summary>A loop on a thread of its own, which sleeps while the loop is parked or its handler awaits.</summary>
internal sealed class DedicatedLoop(WorkerCore worker) : WorkerLoop(worker)
{
    private readonly SemaphoreSlim _wake = new(0);
    private Thread? _thread;
    private bool _ended;

    protected override void Schedule()
    {
        if (_thread is null)
        {
            // Only the first wake finds the loop idle without a thread, so there is one starter.
            Thread thread = new(Run) { IsBackground = true, Name = Worker.Options.Name };
            thread.UnsafeStart(); // May fail; then the loop is as it was.
            _thread = thread;
        }

        _wake.Release();
    }

    protected override void Ended() => _ended = true;

    private void Run()
    {
        while (!_ended)
        {
            _wake.Wait();
            Enter();
        }
    }
}
