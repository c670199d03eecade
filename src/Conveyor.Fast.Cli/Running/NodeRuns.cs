using Conveyor.Fast.Cli.FlowFiles;

namespace Conveyor.Fast.Cli.Running;

/// <summary>
/// Keeps the book on every job of a flow. The engine keeps ended jobs only up to a bound, and a job that its policy removes
/// not at all, so the account that the user gets cannot be asked from the engine afterwards.
/// </summary>
internal sealed class NodeRuns
{
    private readonly Dictionary<JobId, NodeRun> _byId = [];
    private readonly HashSet<NodeRun> _running = new(ReferenceEqualityComparer.Instance);
    private readonly TaskCompletionSource _rootEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int[] _counts = new int[(int)NodeRunState.Removed + 1];
    private readonly TimeProvider _clock;
    private readonly IRunProgress _progress;

    public NodeRuns(FlowFile file, TimeProvider clock, IRunProgress progress)
    {
        All = [.. file.Jobs.Select(node => new NodeRun(node))];
        _counts[(int)NodeRunState.Waiting] = All.Count;
        _clock = clock;
        _progress = progress;
    }

    /// <summary>Held while a run changes; whoever shows runs takes it to see a whole state.</summary>
    public Lock Gate { get; } = new();

    /// <summary>In the order of the file, the root first.</summary>
    public IReadOnlyList<NodeRun> All { get; }

    public NodeRun Root => All[0];

    public Task RootEnded => _rootEnded.Task;

    public Task AllEnded => _allEnded.Task;

    /// <summary>Those whose command runs. Read under <see cref="Gate"/>.</summary>
    public IReadOnlyCollection<NodeRun> Running => _running;

    /// <summary>The latest one that failed. Read under <see cref="Gate"/>.</summary>
    public NodeRun? LastFailed { get; private set; }

    public NodeRun this[FlowFileNode node] => All[node.Order];

    public int Count(NodeRunState state) => Volatile.Read(ref _counts[(int)state]);

    /// <summary>Learns which job of the engine is which of the file.</summary>
    public void Bind(FlowResult root)
    {
        var open = new Stack<(FlowResult Result, FlowFileNode Node)>([(root, Root.Node)]);
        while (open.TryPop(out (FlowResult Result, FlowFileNode Node) pair))
        {
            NodeRun run = this[pair.Node];
            run.Job = pair.Result.Job;
            if (!_byId.TryAdd(run.Job.Id, run))
            {
                run.Join(_byId[run.Job.Id]);
            }

            for (int i = 0; i < pair.Node.Children.Count; i++)
            {
                open.Push((pair.Result.Children[i], pair.Node.Children[i]));
            }
        }
    }

    public void BeginAttempt(NodeRun run)
    {
        lock (Gate)
        {
            long now = _clock.GetTimestamp();
            foreach (NodeRun same in run.Same)
            {
                same.Attempts++;
                same.StartedAt = now;
                Move(same, NodeRunState.Running);
            }
        }
    }

    public void EndAttempt(NodeRun run, JobValue value)
    {
        lock (Gate)
        {
            TimeSpan duration = _clock.GetElapsedTime(run.StartedAt);
            foreach (NodeRun same in run.Same)
            {
                same.Value = value;
                same.Reason = null;
                same.Duration = duration;
            }
        }
    }

    /// <param name="run">The run whose command failed.</param>
    /// <param name="reason">Why; null if it was stopped.</param>
    /// <param name="retried">Whether the engine will run the job again.</param>
    public void EndAttempt(NodeRun run, string? reason, bool retried)
    {
        lock (Gate)
        {
            TimeSpan duration = _clock.GetElapsedTime(run.StartedAt);
            foreach (NodeRun same in run.Same)
            {
                same.Reason = reason;
                same.Duration = duration;
                if (retried)
                {
                    Move(same, NodeRunState.Waiting);
                }
            }

            if (retried)
            {
                _progress.Retrying(run);
            }
        }
    }

    /// <summary>Hears from the engine that a job has ended.</summary>
    public void OnEnded(JobEvent jobEvent)
    {
        // Events of a queue as a whole carry no job.
        if (!_byId.TryGetValue(jobEvent.Job.Id, out NodeRun? run))
        {
            return;
        }

        lock (Gate)
        {
            // A job that had ended before is removed by retention.
            if (run.HasEnded)
            {
                return;
            }

            NodeRunState state = StateAfter(jobEvent.Type);
            string? reason = ReasonOf(run, state, jobEvent.Reason);
            LastFailed = state == NodeRunState.Failed ? run : LastFailed;
            foreach (NodeRun same in run.Same)
            {
                same.Reason = reason;
                Move(same, state);
                _progress.Ended(same);
            }

            // Still under the lock: between the two counts that a move changes, a job is nowhere.
            if (Count(NodeRunState.Waiting) + Count(NodeRunState.Running) == 0)
            {
                _allEnded.TrySetResult();
            }
        }

        if (run == Root)
        {
            _rootEnded.TrySetResult();
        }
    }

    private static NodeRunState StateAfter(JobEventType type) => type switch
    {
        JobEventType.Completed => NodeRunState.Completed,
        JobEventType.Failed => NodeRunState.Failed,
        JobEventType.Canceled => NodeRunState.Canceled,
        _ => NodeRunState.Removed,
    };

    private void Move(NodeRun run, NodeRunState state)
    {
        _counts[(int)run.State]--;
        _counts[(int)state]++;
        run.State = state;
        if (state == NodeRunState.Running)
        {
            _running.Add(run);
        }
        else
        {
            _running.Remove(run);
        }
    }

    /// <summary>The command's own words for a failure; the engine's for the rest, and for parents, whose child is to blame.</summary>
    private string? ReasonOf(NodeRun run, NodeRunState state, string? engineReason) => state switch
    {
        NodeRunState.Completed => null,
        NodeRunState.Canceled => engineReason,
        _ => run.Reason ?? engineReason ?? ReasonOfChild(run),
    };

    /// <summary>A parent that is removed by its policy has no reason of its own. A chain of them hands on the first one's.</summary>
    private string? ReasonOfChild(NodeRun parent)
    {
        foreach (FlowFileNode node in parent.Node.Children)
        {
            NodeRun child = this[node];
            if (child.HasEnded && child.State != NodeRunState.Completed)
            {
                string ended = $"child '{node.Name}' {(child.State == NodeRunState.Canceled ? "was canceled" : "failed")}";
                return child.Reason is null ? ended
                    : child.State == NodeRunState.Removed ? child.Reason
                    : $"{ended}: {child.Reason}";
            }
        }

        return null;
    }
}
