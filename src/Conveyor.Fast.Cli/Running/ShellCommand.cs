using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Conveyor.Fast.Cli.Running;

/// <summary>Runs the command of a job.</summary>
/// <param name="command">A line for the shell.</param>
/// <param name="folder">Where it runs.</param>
/// <param name="children">The children's values as a JSON array; null for a job without children.</param>
internal sealed class ShellCommand(string command, string folder, JobValue? children)
{
    public const string ChildrenVariable = "CONVEYOR_CHILDREN";

    /// <summary>A value is held in memory until the flow has ended.</summary>
    private const int MaxOutputBytes = 64 << 20;

    /// <summary>
    /// What one variable may hold, name and end included: Linux refuses to start a program with a longer one,
    /// Windows counts characters, of which there are never more than bytes.
    /// </summary>
    private static readonly int s_maxVariableBytes = (OperatingSystem.IsWindows() ? 32_767 : 131_072) - ChildrenVariable.Length - 2;

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="CommandFailedException">It could not be started, ended with an exit code that is not 0, or wrote too much.</exception>
    /// <exception cref="OperationCanceledException">The token fired; the command and what it had started have been killed.</exception>
    public async Task<JobValue> RunAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using Process process = Start();
        try
        {
            var errors = new LastLine();
            Task<ReadOnlyMemory<byte>> output = ReadOutputAsync(process);
            Task pipes = Task.WhenAll(output, WriteInputAsync(process), errors.ReadAsync(process.StandardError.BaseStream));

            // What the command left running in the background may hold the pipes for ever: canceling does not wait for them.
            await pipes.WaitAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? JobValue.FromOutput(await output)
                : throw new CommandFailedException(errors.ToString() ?? $"exit code {process.ExitCode}");
        }
        catch
        {
            Kill(process);
            throw;
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (OperatingSystem.IsWindows())
        {
            // Without /s cmd would guess which quotes are its own.
            start.FileName = "cmd.exe";
            start.Arguments = $"/d /s /c \"{command}\"";
        }
        else
        {
            start.FileName = "/bin/sh";
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(command);
        }

        // A flow may run inside a command of another flow, whose variable is not meant for this one.
        start.Environment.Remove(ChildrenVariable);
        if (children is not null && children.Json.Length <= s_maxVariableBytes)
        {
            start.Environment[ChildrenVariable] = Encoding.UTF8.GetString(children.Json.Span);
        }

        try
        {
            return Process.Start(start) ?? throw new CommandFailedException("the shell could not be started");
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            throw new CommandFailedException($"the shell could not be started: {exception.Message}");
        }
    }

    private async Task WriteInputAsync(Process process)
    {
        try
        {
            await using Stream input = process.StandardInput.BaseStream;
            if (children is not null)
            {
                await input.WriteAsync(children.Json);
            }
        }
        catch (IOException)
        {
            // The command does not care to read all of it.
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadOutputAsync(Process process)
    {
        Stream stream = process.StandardOutput.BaseStream;
        var output = new MemoryStream();
        byte[] buffer = new byte[16_384];
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0)
        {
            if (output.Length + read > MaxOutputBytes)
            {
                // Before the exception, which is seen only when the other pipes have ended too.
                Kill(process);
                throw new CommandFailedException($"wrote more than {MaxOutputBytes >> 20} MiB to standard output");
            }

            output.Write(buffer, 0, read);
        }

        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended meanwhile, or part of the tree has.
        }
    }
}
