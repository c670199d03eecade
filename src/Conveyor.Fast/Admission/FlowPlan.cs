using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Admission;

/// <summary>
/// A flow or a bulk of flows, flattened without recursion and checked before anything is taken. Nodes are numbered so
/// that children of one parent lie side by side; leaves are listed in declared, depth-first order.
/// </summary>
internal sealed class FlowPlan(QueueRegistry queues, int maxJobs)
{
    private const int FirstCycleCheck = 1024;
    private const int FirstSizeCheck = 1 << 17;
    private FlowNode[] _nodes = new FlowNode[16];
    private int[] _leaves = new int[16];
    private (int Node, int Next)[] _open = new (int, int)[8];
    private int[] _parents = new int[4];
    private readonly List<AdmissionQueue> _claims = [];
    private string? _lastQueueName;
    private AdmissionQueue? _lastQueue;
    private string? _lastName;
    private JobOptions? _lastOptions;
    private JobDefinition? _lastDefinition;
    private int _cycleCheckAt;
    private bool _sizeChecked;

    public int Count { get; private set; }

    public int RootCount { get; private set; }

    public int LeafCount { get; private set; }

    public int ParentCount { get; private set; }

    public bool HasCustomIds { get; private set; }

    public bool HasKeys { get; private set; }

    public bool HasRooms { get; private set; }

    public bool HasPriorities { get; private set; }

    public bool HasDelays { get; private set; }

    public Span<FlowNode> Nodes => _nodes.AsSpan(0, Count);

    public Span<int> Leaves => _leaves.AsSpan(0, LeafCount);

    /// <summary>Top down.</summary>
    public ReadOnlySpan<int> Parents => _parents.AsSpan(0, ParentCount);

    public void Build(ReadOnlySpan<FlowJob> roots)
    {
        Count = 0;
        Reserve(roots.Length);
        Count = roots.Length;
        RootCount = roots.Length;
        LeafCount = 0;
        ParentCount = 0;
        _lastDefinition = null;
        HasCustomIds = HasKeys = HasRooms = HasPriorities = HasDelays = _sizeChecked = false;
        _cycleCheckAt = FirstCycleCheck;
        for (int i = 0; i < roots.Length; i++)
        {
            _nodes[i].Parent = -1; // First: a refusal's path is read from it.
            _nodes[i].Job = roots[i] ?? throw Invalid(i, "is null");
        }

        for (int i = 0; i < roots.Length; i++)
        {
            Walk(i);
        }

        if (Count > maxJobs)
        {
            CheckSize();
        }
    }

    /// <summary>Nothing can refuse the flow any more: the queues it names are in use.</summary>
    public void UseQueues()
    {
        foreach (AdmissionQueue claimed in _claims)
        {
            claimed.Ledger.IsUsed = true;
        }
    }

    /// <summary>Keeps no job or payload alive; gives up what a huge flow needed, and queues that a refused one has named.</summary>
    public void Clear()
    {
        _lastOptions = null;
        _lastDefinition = null;
        if (_claims.Count != 0)
        {
            _claims.ForEach(queues.Release);
            _claims.Clear();
            _lastQueueName = null;
            _lastQueue = null;
        }

        Array.Clear(_nodes, 0, Count);
        PlanArray.Shrink(ref _nodes);
        PlanArray.Shrink(ref _leaves);
        PlanArray.Shrink(ref _parents);
        PlanArray.Shrink(ref _open);
        Count = 0;
    }

    /// <summary>Where a node stands in the descriptors, such as <c>children[2].children[0]</c>.</summary>
    public string PathOf(int node)
    {
        Stack<string> parts = new();
        for (int i = node; i >= 0; i = _nodes[i].Parent)
        {
            int parent = _nodes[i].Parent;
            if (parent >= 0)
            {
                parts.Push($"children[{i - _nodes[parent].FirstChild}]");
            }
            else if (RootCount > 1)
            {
                parts.Push($"flows[{i}]");
            }
        }

        return parts.Count == 0 ? "the root" : string.Join('.', parts);
    }

    public int RootOf(int node)
    {
        while (_nodes[node].Parent >= 0)
        {
            node = _nodes[node].Parent;
        }

        return node;
    }

    /// <summary>What attached to a job is not sent out: that job is under way already.</summary>
    public void DropAttachedLeaves()
    {
        int kept = 0;
        foreach (int leaf in Leaves)
        {
            if (!_nodes[leaf].IsAttached)
            {
                _leaves[kept++] = leaf;
            }
        }

        LeafCount = kept;
    }

    /// <summary>What went under the clock is not sent out.</summary>
    public void DropDelayedLeaves()
    {
        int kept = 0;
        foreach (int leaf in Leaves)
        {
            if (!_nodes[leaf].IsDelayed)
            {
                _leaves[kept++] = leaf;
            }
        }

        LeafCount = kept;
    }

    public InvalidFlowException Invalid(int node, string what) => new(PathOf(node), $"The flow's node at {PathOf(node)} {what}.");

    private void Walk(int root)
    {
        int open = 0;
        if (!Visit(root))
        {
            return;
        }

        _open[open++] = (root, _nodes[root].FirstChild);
        while (open > 0)
        {
            ref (int Node, int Next) top = ref _open[open - 1];
            ref FlowNode parent = ref _nodes[top.Node];
            if (top.Next == parent.FirstChild + parent.ChildCount)
            {
                open--;
                continue;
            }

            int child = top.Next++;
            if (Visit(child))
            {
                if (open == _open.Length)
                {
                    PlanArray.Grow(ref _open, open, open + 1);
                }

                _open[open++] = (child, _nodes[child].FirstChild);
            }
        }
    }

    /// <summary>Checks and resolves a node and lays out its children. False for a leaf.</summary>
    private bool Visit(int index)
    {
        ref FlowNode node = ref _nodes[index];
        FlowJob job = node.Job;
        if (!ReferenceEquals(job.QueueName, _lastQueueName))
        {
            _lastQueue = queues.Claim(job.QueueName, out bool isClaimed);
            if (isClaimed)
            {
                _claims.Add(_lastQueue);
            }

            _lastQueueName = job.QueueName;
            _lastDefinition = null;
        }

        // Siblings are often alike.
        if (_lastDefinition is null || !ReferenceEquals(job.Name, _lastName) || !ReferenceEquals(job.Options, _lastOptions))
        {
            _lastName = job.Name;
            _lastOptions = job.Options;
            _lastDefinition = _lastQueue!.Definitions.Get(job.Name, job.Options);
            HasCustomIds |= !string.IsNullOrEmpty(job.Options?.CustomId);
            HasKeys |= job.Options?.Deduplication is not null;
            HasRooms |= _lastQueue.Ledger.Room is not null;
            HasDelays |= _lastDefinition.Settings.Delay != TimeSpan.Zero;
        }

        node.Queue = _lastQueue!;
        node.Definition = _lastDefinition;
        if (!job.HasChildren)
        {
            HasPriorities |= node.Definition.Settings.Priority != 0;
            AddLeaf(index);
            return false;
        }

        ReadOnlySpan<FlowJob> children = job.ReadChildren();
        if (children.Length == 0)
        {
            AddLeaf(index);
            return false;
        }

        if (job.Options?.Deduplication is { } deduplication)
        {
            throw Invalid(index, $"has children and the deduplication key '{deduplication.Key}'; only a leaf may have one");
        }

        int first = Count;
        int depth = node.Depth + 1;
        if (first + (long)children.Length > (_sizeChecked ? maxJobs : Math.Min(FirstSizeCheck, maxJobs)))
        {
            CheckSize();
        }

        if (depth >= _cycleCheckAt)
        {
            CheckCycle(index);
            _cycleCheckAt *= 2;
        }

        Reserve(first + children.Length);
        _nodes[index].FirstChild = first;
        _nodes[index].ChildCount = children.Length;
        Count = first + children.Length;
        AddParent(index);
        for (int i = 0; i < children.Length; i++)
        {
            ref FlowNode child = ref _nodes[first + i]; // Empty until now.
            child.Job = children[i];
            child.Parent = index;
            child.Depth = depth;
        }

        for (int i = 0; i < children.Length; i++)
        {
            if (children[i] is null)
            {
                throw Invalid(first + i, "is null");
            }
        }

        return true;
    }

    private void AddLeaf(int index)
    {
        PlanArray.Grow(ref _leaves, LeafCount, LeafCount + 1);
        _leaves[LeafCount++] = index;
    }

    private void AddParent(int index)
    {
        PlanArray.Grow(ref _parents, ParentCount, ParentCount + 1);
        _parents[ParentCount++] = index;
    }

    private void Reserve(int count) => PlanArray.Grow(ref _nodes, Count, count);

    /// <summary>
    /// Whether a node's descriptor is among its own ancestors. A walk that never ends comes to repeat itself, so it is
    /// enough to look from one node now and then, ever deeper.
    /// </summary>
    private void CheckCycle(int index)
    {
        FlowJob job = _nodes[index].Job;
        for (int i = _nodes[index].Parent; i >= 0; i = _nodes[i].Parent)
        {
            if (ReferenceEquals(_nodes[i].Job, job))
            {
                throw new InvalidFlowException(job.Name, $"The flow contains itself: the descriptor of job '{job.Name}' in queue '{job.QueueName}' is among its own descendants.");
            }
        }
    }

    /// <summary>Counts the flow by its descriptors, each once however often it is shared, before it is laid out in memory.</summary>
    private void CheckSize()
    {
        long count = FlowSize.Count(_nodes.AsSpan(0, RootCount));
        if (count > maxJobs)
        {
            string text = count == long.MaxValue ? $"more than {long.MaxValue:N0}" : count.ToString("N0", System.Globalization.CultureInfo.InvariantCulture);
            throw new InvalidFlowException("the root", $"The flow has {text} jobs; JobStoreOptions.MaxFlowJobs allows {maxJobs.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)}.");
        }

        _sizeChecked = true;
    }
}
