using System.Threading.Channels;
using Conveyor.Fast.Throughput.Measuring;
using Conveyor.Fast.Throughput.Scenarios;

namespace Conveyor.Fast.Throughput.Baselines;

/// <summary>
/// What one would write by hand for one flow shape: nodes allocated per flow, a stock unbounded channel, two consumers,
/// a count-down; the consumer that settles the last child runs the parent on the spot.
/// <code>
///     P1 -> channel -> C1, C2: child, count down, last one: parent
/// </code>
/// The channel is kept from run to run and with it the room it has grown to. The consumers end at a sentinel each;
/// the producer then blocks on both. Each counts in variables of its own.
/// </summary>
internal sealed class ChannelNodes : Workload
{
    private const int Consumers = 2;

    private static readonly Node s_sentinel = new("end", parent: null);

    private readonly Channel<Node> _ready = Channel.CreateUnbounded<Node>();
    private readonly Task<(int Children, int Parents)>[] _consumers = new Task<(int, int)>[Consumers];
    private int _childrenRun;
    private int _parentsRun;

    public override int Jobs => FlowShape.JobsPerPass * FlowShape.Passes;

    public override bool OneThread => false;

    public override void Prepare() => _childrenRun = _parentsRun = 0;

    public override void Run()
    {
        for (int pass = 0; pass < FlowShape.Passes; pass++)
        {
            RunPass();
        }
    }

    public override void Check()
    {
        Expect("children run", FlowShape.FlowsPerPass * FlowShape.Passes * FlowShape.Children, _childrenRun);
        Expect("parents run", FlowShape.FlowsPerPass * FlowShape.Passes, _parentsRun);
    }

    private void RunPass()
    {
        for (int i = 0; i < _consumers.Length; i++)
        {
            _consumers[i] = ConsumeAsync();
        }

        for (int i = 0; i < FlowShape.FlowsPerPass; i++)
        {
            foreach (Node child in Node.BuildFlow().Children)
            {
                _ready.Writer.TryWrite(child);
            }
        }

        for (int i = 0; i < _consumers.Length; i++)
        {
            _ready.Writer.TryWrite(s_sentinel);
        }

        foreach (Task<(int Children, int Parents)> consumer in _consumers)
        {
            (int children, int parents) = consumer.GetAwaiter().GetResult();
            _childrenRun += children;
            _parentsRun += parents;
        }
    }

    private async Task<(int Children, int Parents)> ConsumeAsync()
    {
        int children = 0;
        int parents = 0;
        ChannelReader<Node> reader = _ready.Reader;
        while (await reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (reader.TryRead(out Node? child))
            {
                if (ReferenceEquals(child, s_sentinel))
                {
                    return (children, parents);
                }

                children++;
                if (child.RunAndCountDown())
                {
                    child.Parent!.IsDone = true;
                    parents++;
                }
            }
        }

        return (children, parents);
    }
}
