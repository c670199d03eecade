using System.Threading.Channels;

namespace Conveyor.Fast.Tests.Support;

/// <summary>A handler whose runs return when the test says so, whatever becomes of their jobs and tokens meanwhile.</summary>
internal sealed class HeldHandler
{
    private readonly Channel<HeldRun> _started = Channel.CreateUnbounded<HeldRun>();

    public async ValueTask<object?> RunAsync(Job job, CancellationToken cancellationToken)
    {
        HeldRun run = new(job, cancellationToken);
        _started.Writer.TryWrite(run);
        return await run.End;
    }

    /// <summary>The run that started next and was not asked for yet; it must have started.</summary>
    public HeldRun Next()
    {
        Assert.True(_started.Reader.TryRead(out HeldRun? run), "no further run has started");
        return run;
    }

    /// <summary>The same, once it has started.</summary>
    public Task<HeldRun> NextAsync() => _started.Reader.ReadAsync(TestContext.Current.CancellationToken).Within();

    public void AssertNoneStarted() => Assert.False(_started.Reader.TryPeek(out _), "a further run has started");
}
