using System.Numerics;
using System.Runtime.InteropServices;

namespace Conveyor.Fast.Concurrency.Tests.Explorer.Schedules;

/// <summary>
/// All schedules that differ in the order of steps that race, one after another. After each execution the races in it say
/// where another order is to be tried (dynamic partial-order reduction), and sleep sets leave out what was tried in
/// another way. With a bound on preemptions: all schedules with so many switches away from a thread that could go on.
/// </summary>
internal sealed class DepthFirst(int? preemptions = null) : ISchedule
{
    private readonly List<Node> _nodes = [];
    private int _fixed;
    private int _depth;
    private int _sleep;
    private int _preempted;
    private int _last;
    private bool _isRedundant;

    public void Begin()
    {
        _nodes.RemoveRange(_fixed, _nodes.Count - _fixed);
        _depth = 0;
        _sleep = 0;
        _preempted = 0;
        _last = -1;
        _isRedundant = false;
    }

    public int Choose(Execution execution, int enabled)
    {
        int choice;
        if (_depth < _nodes.Count)
        {
            choice = _nodes[_depth].Choice;
        }
        else if (_isRedundant || (enabled & ~_sleep) == 0)
        {
            _isRedundant = true; // Every order from here on has been tried: to the end by any way.
            return BitOperations.TrailingZeroCount(enabled);
        }
        else
        {
            int awake = enabled & ~_sleep;
            bool goesOn = _last >= 0 && (awake >> _last & 1) != 0;
            choice = goesOn ? _last : BitOperations.TrailingZeroCount(awake);
            bool mayPreempt = preemptions is { } bound && (!goesOn || _preempted < bound);
            _nodes.Add(new Node { Choice = choice, ToTry = mayPreempt ? enabled : 1 << choice });
        }

        Node node = _nodes[_depth++];
        node.Enabled = enabled;
        node.Sleep = _sleep;
        _sleep = preemptions is null ? SleepAfter(execution, node) : 0;
        _preempted += _last >= 0 && choice != _last && (enabled >> _last & 1) != 0 ? 1 : 0;
        _last = choice;
        return choice;
    }

    /// <summary>Sets up the next schedule; false if that was the last one.</summary>
    public bool Advance(Execution execution)
    {
        if (preemptions is null)
        {
            FindRaces(execution);
        }

        while (_nodes.Count > 0)
        {
            Node node = _nodes[^1];
            node.Done |= 1 << node.Choice;
            int left = node.ToTry & ~node.Done & ~node.Sleep;
            if (left != 0)
            {
                node.Choice = BitOperations.TrailingZeroCount(left);
                _fixed = _nodes.Count;
                return true;
            }

            _nodes.RemoveAt(_nodes.Count - 1);
        }

        _fixed = 0;
        return false;
    }

    private static int SleepAfter(Execution execution, Node node)
    {
        int sleep = 0;
        Step taken = execution.StepOf(node.Choice);
        for (int left = (node.Sleep | node.Done) & node.Enabled & ~(1 << node.Choice); left != 0; left &= left - 1)
        {
            int choice = BitOperations.TrailingZeroCount(left);
            sleep |= execution.StepOf(choice).MayAffect(taken) ? 0 : 1 << choice;
        }

        return sleep;
    }

    /// <summary>For two racing steps that nothing orders: before the earlier one, whoever leads to the later one is to be tried.</summary>
    private void FindRaces(Execution execution)
    {
        ReadOnlySpan<TraceLine> trace = CollectionsMarshal.AsSpan(execution.Trace);
        int threads = execution.Agents.Count;
        int[][] clocks = Clocks.Of(trace, threads, out int[][] before);
        for (int later = 0; later < trace.Length; later++)
        {
            for (int earlier = 0; earlier < Math.Min(later, _nodes.Count); earlier++)
            {
                if (trace[earlier].Agent == trace[later].Agent || before[later][trace[earlier].Choice] >= clocks[earlier][trace[earlier].Choice]
                    || !trace[earlier].Step.Races(trace[later].Step))
                {
                    continue;
                }

                Node node = _nodes[earlier];
                int choice = 1 << trace[later].Choice;
                int thread = 1 << trace[later].Agent;
                node.ToTry |= (node.Enabled & choice) != 0 ? choice : (node.Enabled & thread) != 0 ? thread : node.Enabled;
            }
        }
    }

    private sealed class Node
    {
        public int Choice { get; set; }

        public int Enabled { get; set; }

        public int Done { get; set; }

        public int ToTry { get; set; }

        public int Sleep { get; set; }
    }
}
