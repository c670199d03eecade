namespace Conveyor.Fast.Tests.Support;

/// <summary>Every wait of a test ends: with what it waits for, or as a failure.</summary>
internal static class WaitLimit
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    public static Task Within(this Task task) => task.WaitAsync(s_limit, TestContext.Current.CancellationToken);

    public static Task<T> Within<T>(this Task<T> task) => task.WaitAsync(s_limit, TestContext.Current.CancellationToken);

    public static Task Within(this ValueTask task) => task.AsTask().Within();

    public static Task<T> Within<T>(this ValueTask<T> task) => task.AsTask().Within();

    /// <summary>For handlers that must hold their thread.</summary>
    public static void Pass(this ManualResetEventSlim gate) =>
        Assert.True(gate.Wait(s_limit, CancellationToken.None), "nobody opened the gate in time");
}
