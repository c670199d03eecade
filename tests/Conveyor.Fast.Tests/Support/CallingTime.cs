using Microsoft.Extensions.Time.Testing;

namespace Conveyor.Fast.Tests.Support;

/// <summary>A fake clock that calls somebody, once, at the moment when it is asked next.</summary>
internal sealed class CallingTime : FakeTimeProvider
{
    public Action? Next { get; set; }

    public override DateTimeOffset GetUtcNow()
    {
        Call();
        return base.GetUtcNow();
    }

    public override long GetTimestamp()
    {
        Call();
        return base.GetTimestamp();
    }

    private void Call()
    {
        Action? next = Next;
        Next = null;
        next?.Invoke();
    }
}
