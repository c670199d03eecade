using Conveyor.Fast.Cli.FlowFiles;
using Conveyor.Fast.Cli.Output;

namespace Conveyor.Fast.Cli.Running;

/// <summary>
/// Runs the flow of a file on an engine of its own: one worker for each queue, one gate for all commands.
/// When the root has ended, what runs may finish, and what has not started is canceled.
/// </summary>
internal sealed class FlowRun(FlowFile file, string folder, int concurrency, NodeRuns runs, TimeProvider clock) : IDisposable
{
    /// <summary>Killed commands end at once; this is for those that the system cannot end.</summary>
    private static readonly TimeSpan s_killPatience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _commands = new(concurrency);
    private readonly CancellationTokenSource _interrupted = new();

    /// <summary>Why nothing is started any more; null while jobs are.</summary>
    private volatile string? _over;

    /// <summary>Returns when every job has ended.</summary>
    /// <param name="cancellationToken">Kills the commands and cancels the flow; the account of the runs is complete even then.</param>
    /// <returns>False if the token fired before the end.</returns>
    /// <exception cref="FlowFileException">The engine refuses the flow.</exception>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        using var store = new JobStore();
        runs.Bind(Add(store));
        using IDisposable ends = store.Events.Subscribe(runs.OnEnded, JobEventType.Completed, JobEventType.Failed, JobEventType.Canceled, JobEventType.Removed);

        // Not before the jobs are known by their ids, so that no end is missed.
        var workers = new List<Worker>(file.Queues.Count);
        try
        {
            foreach ((string queue, int jobs) in file.Queues)
            {
                workers.Add(new Worker(store, queue, HandleAsync, new WorkerOptions { Concurrency = Math.Min(concurrency, jobs) }));
            }

            return await WaitForEndAsync(cancellationToken);
        }
        finally
        {
            workers.ForEach(worker => worker.Dispose());
        }
    }

    public void Dispose()
    {
        _commands.Dispose();
        _interrupted.Dispose();
    }

    private FlowResult Add(JobStore store)
    {
        try
        {
            return new FlowProducer(store).Add(FlowTree.Build(runs));
        }
        catch (Exception exception) when (exception is ConveyorException or ArgumentException)
        {
            throw new FlowFileException("", exception.Message);
        }
    }

    private async ValueTask<object?> HandleAsync(Job job, CancellationToken cancellationToken)
    {
        NodeRun run = job.GetData<NodeRun>();
        if (run.Node.Command is not { } command)
        {
            runs.BeginAttempt(run);
            runs.EndAttempt(run, run.Node.Data);
            return run.Node.Data;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _interrupted.Token);
        await _commands.WaitAsync(stop.Token);
        try
        {
            if (_over is { } reason)
            {
                run.Job.Cancel(reason, includeChildren: false);
                return null;
            }

            JobValue? children = run.Node.Children.Count == 0 ? null : JobValue.FromList([.. job.GetChildrenValues<JobValue>()]);
            return await RunCommandAsync(run, new ShellCommand(command, folder, children), stop.Token);
        }
        finally
        {
            _commands.Release();
        }
    }

    private async Task<JobValue> RunCommandAsync(NodeRun run, ShellCommand command, CancellationToken cancellationToken)
    {
        runs.BeginAttempt(run);
        try
        {
            JobValue value = await RunWithinLimitAsync(command, run.Node.Timeout, cancellationToken);
            runs.EndAttempt(run, value);
            return value;
        }
        catch (CommandFailedException exception)
        {
            bool hasAttempts = run.Attempts < run.Node.Attempts;
            runs.EndAttempt(run, exception.Message, retried: hasAttempts && _over is null);
            if (hasAttempts && _over is not null)
            {
                throw new UnrecoverableJobException(exception.Message);
            }

            throw;
        }
        catch (OperationCanceledException)
        {
            runs.EndAttempt(run, reason: null, retried: false);
            throw;
        }
    }

    /// <summary>
    /// The command's limit is counted here, from its start. The engine's would count from where the job begins to wait for
    /// its place among the commands.
    /// </summary>
    private async Task<JobValue> RunWithinLimitAsync(ShellCommand command, TimeSpan? limit, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(limit ?? Timeout.InfiniteTimeSpan, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            return await command.RunAsync(stop.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandFailedException($"took longer than its limit of {DurationFormat.Of(limit!.Value)}");
        }
    }

    private async Task<bool> WaitForEndAsync(CancellationToken cancellationToken)
    {
        try
        {
            await runs.RootEnded.WaitAsync(cancellationToken);
            CancelRest("the flow had ended", withRunning: false);
            await runs.AllEnded.WaitAsync(cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            // Before the commands are killed, so that they end canceled and not failed.
            CancelRest("interrupted", withRunning: true);
            await _interrupted.CancelAsync();
            await runs.AllEnded.WaitAsync(s_killPatience, clock, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return false;
        }
    }

    private void CancelRest(string reason, bool withRunning)
    {
        // First of all: a job that starts from here on cancels itself, so looking at a state and canceling need not be one step.
        _over = reason;

        // Parents come first, or each canceled child would still start its parent.
        foreach (NodeRun run in runs.All)
        {
            // Plain read: to cancel what has ended meanwhile does nothing.
            if (!run.HasEnded && (withRunning || run.Job.State != JobState.Active))
            {
                run.Job.Cancel(reason, includeChildren: false);
            }
        }
    }
}
