namespace Conveyor.Fast.Jobs;

/// <summary>Why a job was canceled; made before the step, so nothing is allocated after it.</summary>
internal sealed class CancelReason(string? text)
{
    public static readonly CancelReason None = new(null);

    public string? Text { get; } = text;

    /// <summary>What the handler threw after the request, if it was something else than the cancellation.</summary>
    public Exception? Error { get; init; }

    public static CancelReason From(string? text) => text is null ? None : new CancelReason(text);
}
