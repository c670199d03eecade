namespace Conveyor.Fast.Tests.Support;

/// <summary>A handler that knows how many of it ever ran at the same time; every other one awaits.</summary>
internal sealed class Meter
{
    private int _now;
    private int _most;
    private int _started;

    public int Most => Volatile.Read(ref _most);

    public async ValueTask<object?> RunAsync(Job job, CancellationToken cancellationToken)
    {
        int now = Interlocked.Increment(ref _now);
        for (int most = Most; most < now;)
        {
            int before = Interlocked.CompareExchange(ref _most, now, most);
            most = before == most ? now : before;
        }

        if (Interlocked.Increment(ref _started) % 2 == 0)
        {
            await Task.Yield();
        }

        Interlocked.Decrement(ref _now);
        return null;
    }
}
