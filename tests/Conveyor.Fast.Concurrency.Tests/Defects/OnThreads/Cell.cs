using System.Diagnostics;

namespace Conveyor.Fast.Concurrency.Tests.Defects.OnThreads;

/// <summary>
/// One technique against one defect, in a process of its own: a defect may leave threads that wait or spin for ever, or
/// end the process. So a technique that does not come back in time has found it too.
/// </summary>
internal static class Cell
{
    public const string Command = "cell";
    private const string NotKilled = "no";
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(45); // More than any wait of a technique's own.

    public static async Task<string> FillAsync(string defect, string technique, TimeSpan budget)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, typeof(Cell).Assembly.GetName().Name!), [Command, defect, technique])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [Budget.SecondsVariable] = $"{budget.TotalSeconds}" },
        };
        long begun = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(budget + s_slack);
        string last = "";
        try
        {
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                last = line;
            }

            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            return $"hangs in '{last}'";
        }

        string answer = process.ExitCode == 0 ? last : $"dies in '{last}': {(await errors).Split('\n')[0]}";
        return answer == NotKilled ? answer : $"{answer} ({Stopwatch.GetElapsedTime(begun).TotalSeconds:F0} s)";
    }

    /// <summary>In that process: says each part before it is played, and at last what has come of it.</summary>
    public static void Play(string defect, string technique)
    {
        using Seeded.Scope on = Seeded.On(defect);
        foreach ((string part, Action play) in Technique.All.Single(one => one.Name == technique).Parts)
        {
            Console.WriteLine(part);
            try
            {
                play();
            }
            catch (Exception fault)
            {
                Console.WriteLine($"{part}: {fault.Message.ReplaceLineEndings(" ")}");
                global::System.Environment.Exit(0); // Whatever still runs.
            }
        }

        Console.WriteLine(NotKilled);
        global::System.Environment.Exit(0);
    }
}
