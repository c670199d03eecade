namespace Conveyor.Fast.Dispatch;

/// <summary>A loop that only runs inside the store's pump.</summary>
internal sealed class PumpedLoop(WorkerCore worker) : WorkerLoop(worker)
{
    protected override void Schedule() => Worker.Pump!.Signal();

    protected override void Resumed() => Worker.Pump!.Resume(this);
}
