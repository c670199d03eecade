using System.CommandLine;
using Conveyor.Fast.Cli.FlowFiles;
using Conveyor.Fast.Cli.Output;
using Conveyor.Fast.Cli.Running;

namespace Conveyor.Fast.Cli.Commands;

/// <summary><c>conveyor run FILE</c></summary>
internal static class RunCommand
{
    public const string Details = """
        Details:
          A job's data.run is a shell command. It runs in the file's folder, by sh -c or,
          on Windows, cmd /c. What it prints is the job's value, as JSON if it is JSON
          and as text if not. An exit code other than 0 is a failure, and the last line
          on standard error is its reason. A job without data.run does nothing, and its
          value is its data.

          A parent runs after its children and gets the values of those that completed
          as a JSON array, on standard input and in the variable CONVEYOR_CHILDREN. The
          variable is left out when the array is too long for one.

          When the root has ended, the commands that still run may finish, and the jobs
          that have not started are canceled. The root's value goes to standard output,
          everything else to standard error.

        Exit codes:
          0    the root completed
          1    the root failed, was canceled, or was removed by its policy
          2    the command line or the flow file is wrong, and nothing was run
          130  interrupted: what ran was killed (SIGTERM: 143, SIGHUP: 129)

        """;

    public static Command Create(Surroundings surroundings)
    {
        Argument<string> file = FlowFileArgument.Create();
        Option<int> concurrency = ConcurrencyOption.Create();
        var json = new Option<bool>("--json") { Description = "Print a JSON object of the whole result instead of the root's value." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "No progress: only the result, or the reason there is none." };
        var command = new Command("run", "Runs a flow file and prints the value of its root.") { file, concurrency, json, quiet };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new RunSettings(parsed.GetRequiredValue(file), parsed.GetValue(concurrency), parsed.GetValue(json), parsed.GetValue(quiet)),
            surroundings,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(RunSettings settings, Surroundings surroundings, CancellationToken cancellationToken)
    {
        if (await FlowFileArgument.LoadAsync(settings.Path, surroundings, cancellationToken) is not { } file)
        {
            return ExitCodes.BadInput;
        }

        bool live = surroundings.Terminal is not null && !settings.Quiet;
        var runs = new NodeRuns(file, surroundings.Clock, live || settings.Quiet ? new NoProgress() : new PlainProgress(surroundings.Error));
        string folder = Path.GetDirectoryName(Path.GetFullPath(settings.Path))!;
        long startedAt = surroundings.Clock.GetTimestamp();
        try
        {
            using var flow = new FlowRun(file, folder, settings.Concurrency, runs, surroundings.Clock);
            Task<bool> run = flow.RunAsync(cancellationToken);
            if (live)
            {
                await new LiveTree(surroundings.Terminal!, runs, surroundings.Clock).ShowAsync(run);
            }

            bool finished = await run;
            Report(settings, surroundings, runs, surroundings.Clock.GetElapsedTime(startedAt), finished);
            return !finished ? ExitCodes.Interrupted : runs.Root.State == NodeRunState.Completed ? ExitCodes.Completed : ExitCodes.Failed;
        }
        catch (FlowFileException exception)
        {
            FlowFileArgument.Report(settings.Path, exception, surroundings);
            return ExitCodes.BadInput;
        }
    }

    private static void Report(RunSettings settings, Surroundings surroundings, NodeRuns runs, TimeSpan elapsed, bool finished)
    {
        NodeRun root = runs.Root;
        string state = finished ? StateWords.Of(root.State) : "interrupted";
        if (!settings.Quiet)
        {
            surroundings.Error.WriteLine($"{state} in {DurationFormat.Of(elapsed)}: {StateWords.Counts(runs)}");
        }
        else if (!finished || root.State != NodeRunState.Completed)
        {
            // Silence would leave nothing to act on.
            surroundings.Error.WriteLine($"{OneLine.Of(root.Node.Name)}: {state}{(root.Reason is null || root.Reason == state ? "" : $", {OneLine.Of(root.Reason)}")}");
        }

        if (settings.Json)
        {
            ResultJson.Write(surroundings.Output, runs, elapsed, interrupted: !finished);
        }
        else if (finished && root.State == NodeRunState.Completed)
        {
            surroundings.Output.WriteLine(root.Value);
        }
    }
}
