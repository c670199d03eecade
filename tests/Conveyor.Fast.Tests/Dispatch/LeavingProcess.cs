using System.Diagnostics;
using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Dispatch;

/// <summary>A process with a store that has all that could keep it alive, and that comes to the end of its Main.</summary>
internal static class LeavingProcess
{
    public const string Command = "leave";

    /// <summary>What it says at the end of its Main.</summary>
    public const string LastWord = "the end of Main";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1); // Far more than it needs.

    /// <summary>Starts one and waits until it has exited by itself.</summary>
    /// <returns>Its exit code and what it said.</returns>
    public static async Task<(int ExitCode, string Said)> RunAsync(string way)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, typeof(LeavingProcess).Assembly.GetName().Name!), [Command, way])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_limit, TestContext.Current.CancellationToken);
            return (process.ExitCode, (await output + await errors).Trim());
        }
        finally
        {
            process.Kill(); // Nothing happens if it has exited.
        }
    }

    /// <summary>In that process.</summary>
    public static async Task MainAsync(string way)
    {
        JobStore store = new(new JobStoreOptions { CloseTimeout = TimeSpan.FromMilliseconds(50) });
        using CountdownEvent started = new(4);
        Worker dedicated = new(store, "dedicated", Hang, new WorkerOptions { Mode = WorkerMode.Dedicated, Concurrency = 3 });
        Worker pooled = new(store, "pooled", HangAsync, new WorkerOptions { Concurrency = 3 });
        foreach (JobQueue queue in (JobQueue[])[store.GetQueue("dedicated"), store.GetQueue("pooled")])
        {
            queue.Add("hangs");
            queue.Add("limited", new JobOptions { Timeout = TimeSpan.FromHours(1), Attempts = 2 });
            queue.AddDelayed("delayed", 1, TimeSpan.FromHours(1));
            queue.AddSchedule("schedule", new RepeatOptions { Cron = "0 0 1 1 *" }, "scheduled", 1);
        }

        Assert.True(started.Wait(s_limit), "the handlers have not started");
        switch (way)
        {
            case "closed":
                await dedicated.CloseAsync(TimeSpan.Zero);
                await pooled.CloseAsync(TimeSpan.Zero);
                store.GetQueue("pooled").Close();
                await store.DisposeAsync();
                break;
            case "disposed":
                store.Dispose();
                break;
            default:
                break; // Left as it is.
        }

        GC.KeepAlive(store);
        await Console.Out.WriteLineAsync(LastWord);

        object? Hang(Job job)
        {
            started.Signal();
            new ManualResetEventSlim().Wait();
            return null;
        }

        async ValueTask HangAsync(Job job, CancellationToken cancellationToken)
        {
            started.Signal();
            await new TaskCompletionSource().Task;
        }
    }
}
