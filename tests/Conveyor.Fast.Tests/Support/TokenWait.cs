namespace Conveyor.Fast.Tests.Support;

/// <summary>Waits for a token to fire.</summary>
internal static class TokenWait
{
    public static async Task FiredAsync(this CancellationToken token)
    {
        TaskCompletionSource fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = token.Register(fired.SetResult);
        await fired.Task;
    }
}
