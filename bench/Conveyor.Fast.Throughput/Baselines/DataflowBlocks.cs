using System.Threading.Tasks.Dataflow;
using Conveyor.Fast.Throughput.Measuring;
using Conveyor.Fast.Throughput.Scenarios;

namespace Conveyor.Fast.Throughput.Baselines;

/// <summary>
/// The flow as TPL Dataflow would have it: a block that runs children and counts down, and a block that runs parents.
/// <code>
///     P1 -> children block: child, count down, last one -> parents block
/// </code>
/// Nodes are allocated per flow. The children block runs two at a time, as the two worker loops do; else both blocks have
/// default options. They live as long as the workload and with them the room they have grown to. The parents block, which
/// runs one at a time, sees the last parent and lets the producer go. That each flow's children ran shows in its count
/// alone: counting them in one place would make the two loops share a variable.
/// </summary>
internal sealed class DataflowBlocks : Workload
{
    private readonly ActionBlock<Node> _children;
    private readonly ActionBlock<Node> _parents;
    private TaskCompletionSource _allRan = new();
    private int _parentsRun;
    private int _unsettled;

    public DataflowBlocks()
    {
        _children = new ActionBlock<Node>(RunChild, new ExecutionDataflowBlockOptions { MaxDegreeOfParallelism = 2 });
        _parents = new ActionBlock<Node>(RunParent);
    }

    public override int Jobs => FlowShape.JobsPerPass * FlowShape.Passes;

    public override bool OneThread => false;

    public override void Prepare() => _parentsRun = _unsettled = 0;

    public override void Run()
    {
        for (int pass = 0; pass < FlowShape.Passes; pass++)
        {
            _allRan = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            for (int i = 0; i < FlowShape.FlowsPerPass; i++)
            {
                foreach (Node child in Node.BuildFlow().Children)
                {
                    _children.Post(child);
                }
            }

            _allRan.Task.Wait();
        }
    }

    public override void Check()
    {
        Expect("parents run", FlowShape.FlowsPerPass * FlowShape.Passes, _parentsRun);
        Expect("parents that ran with children not run or run twice", 0, _unsettled);
    }

    public override void Dispose()
    {
        _children.Complete();
        _children.Completion.Wait();
        _parents.Complete();
        _parents.Completion.Wait();
        base.Dispose();
    }

    private void RunChild(Node child)
    {
        if (child.RunAndCountDown())
        {
            _parents.Post(child.Parent!);
        }
    }

    private void RunParent(Node parent)
    {
        parent.IsDone = true;
        _unsettled += parent.Pending == 0 ? 0 : 1;
        if (++_parentsRun % FlowShape.FlowsPerPass == 0)
        {
            _allRan.SetResult();
        }
    }
}
