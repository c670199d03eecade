namespace Conveyor.Fast.Tests.CommandLine;

/// <summary>Collects lines and says when one of them contains a text.</summary>
internal sealed class SignalingWriter(string awaited) : StringWriter
{
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Seen => _seen.Task;

    public override void WriteLine(string? value)
    {
        base.WriteLine(value);
        if (value?.Contains(awaited, StringComparison.Ordinal) == true)
        {
            _seen.TrySetResult();
        }
    }
}
