using System.Threading.Channels;
using Conveyor.Fast.Throughput.Measuring;
using Conveyor.Fast.Throughput.Scenarios;

namespace Conveyor.Fast.Throughput.Baselines;

/// <summary>
/// The least a flow can cost with stock parts: nodes made beforehand and used again for every batch, a stock channel,
/// and an <see cref="Interlocked.Decrement(ref int)"/>. The parent runs as soon as its last child has, without a way
/// through the channel.
/// <code>
///     P1 -> channel -> P1: child, count down, last one: parent      (one thread, in batches)
/// </code>
/// No state, ids, results, errors, cancel, options, times or counts, and no handler delegate.
/// </summary>
internal sealed class BareLoop : Workload
{
    private readonly Channel<BareNode> _ready = Channel.CreateUnbounded<BareNode>();
    private readonly BareNode[] _parents = new BareNode[FlowShape.Batch];
    private readonly BareNode[] _children = new BareNode[FlowShape.Batch * FlowShape.Children];
    private int _childrenRun;
    private int _parentsRun;
    private int _outOfOrder;

    public BareLoop()
    {
        for (int i = 0; i < _children.Length; i++)
        {
            BareNode parent = _parents[i / FlowShape.Children] ??= new BareNode();
            _children[i] = new BareNode { Parent = parent };
        }
    }

    public override int Jobs => FlowShape.JobsPerPass;

    public override void Prepare() => _childrenRun = _parentsRun = _outOfOrder = 0;

    public override void Run()
    {
        for (int flows = 0; flows < FlowShape.FlowsPerPass; flows += FlowShape.Batch)
        {
            foreach (BareNode parent in _parents)
            {
                parent.Pending = FlowShape.Children;
            }

            foreach (BareNode child in _children)
            {
                _ready.Writer.TryWrite(child);
            }

            while (_ready.Reader.TryRead(out BareNode? child))
            {
                _childrenRun++;
                if (Interlocked.Decrement(ref child.Parent!.Pending) == 0)
                {
                    _parentsRun++;
                    _outOfOrder += _childrenRun == _parentsRun * FlowShape.Children ? 0 : 1;
                }
            }
        }
    }

    public override void Check()
    {
        Expect("children run", FlowShape.FlowsPerPass * FlowShape.Children, _childrenRun);
        Expect("parents run", FlowShape.FlowsPerPass, _parentsRun);
        Expect("parents out of order", 0, _outOfOrder);
    }
}
