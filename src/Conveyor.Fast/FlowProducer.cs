using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Conveyor.Fast.Admission;
using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast;

/// <summary>
/// Adds flows: trees of jobs in which a parent runs when all its children have settled. A flow is added all or nothing,
/// may cross queues and nest. Any thread may use it.
/// </summary>
/// <param name="store">The store that takes the flows.</param>
/// <exception cref="ArgumentNullException">There is no store.</exception>
public sealed class FlowProducer(JobStore store)
{
    private readonly JobStore _store = store ?? throw new ArgumentNullException(nameof(store));

    /// <summary>Adds a flow.</summary>
    /// <param name="flow">Its root.</param>
    /// <returns>The jobs, in the shape of the description.</returns>
    /// <exception cref="ArgumentNullException">There is no flow.</exception>
    /// <exception cref="InvalidFlowException">The description contains itself, a null, the same custom id twice, a deduplication key on a parent, or too many jobs.</exception>
    /// <exception cref="DuplicateJobException">A custom id belongs to a stored job.</exception>
    /// <exception cref="QueueFullException">A bounded queue has no room for its part; a leaf that would attach counts too.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public FlowResult Add(FlowJob flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        return Admit(new ReadOnlySpan<FlowJob>(in flow), RoomWish.Throw)!;
    }

    /// <summary>Adds several flows, all of them or none.</summary>
    /// <param name="flows">Their roots.</param>
    /// <returns>The results in the order of the roots.</returns>
    /// <inheritdoc cref="Add(FlowJob)" path="/exception"/>
    public IReadOnlyList<FlowResult> AddBulk(IEnumerable<FlowJob> flows)
    {
        ArgumentNullException.ThrowIfNull(flows);
        FlowJob[] roots = [.. flows];
        _ = _store.Engine;
        if (roots.Length == 0)
        {
            return [];
        }

        FlowResult first = Admit(roots, RoomWish.Throw)!;
        return first.Siblings();
    }

    /// <summary>Adds a flow, waiting for room where queues are bounded. Called from inside a handler it does not wait but goes over the bound.</summary>
    /// <param name="flow">Its root.</param>
    /// <param name="cancellationToken">Ends the wait; nothing is added then.</param>
    /// <returns>The jobs, in the shape of the description.</returns>
    /// <exception cref="QueueFullException">A bounded queue is too small for its part, however long one waits.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    /// <inheritdoc cref="Add(FlowJob)" path="/exception[not(@cref='T:Conveyor.Fast.QueueFullException')]"/>
    public async ValueTask<FlowResult> AddAsync(FlowJob flow, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(flow);
        cancellationToken.ThrowIfCancellationRequested();
        if (WorkerCore.Current is not null)
        {
            return Admit(new ReadOnlySpan<FlowJob>(in flow), RoomWish.Force)!;
        }

        // Read once: what is added is what the room was taken for, whatever becomes of the description during the wait.
        Engine engine = _store.Engine;
        FlowPlan plan = engine.Flows.Rent();
        try
        {
            plan.Build(new ReadOnlySpan<FlowJob>(in flow));
            RoomDemand[] demands = FlowAdmission.Demands(plan);
            if (QueueRooms.NeverFits(demands) is { } room)
            {
                throw new QueueFullException(room.QueueName, room.Capacity, neverFits: true);
            }

            if (demands.Length != 0)
            {
                await engine.Table.Rooms.TakeAsync(demands, cancellationToken).ConfigureAwait(false);
            }

            return Admit(engine, plan);
        }
        finally
        {
            engine.Flows.Return(plan);
        }
    }

    /// <summary>Adds a flow if all its queues have room.</summary>
    /// <param name="flow">Its root.</param>
    /// <param name="result">The jobs, or null.</param>
    /// <returns>False if a bounded queue is full; nothing was added then.</returns>
    /// <exception cref="QueueFullException">A bounded queue is too small for its part, even when it is empty.</exception>
    /// <inheritdoc cref="Add(FlowJob)" path="/exception[not(@cref='T:Conveyor.Fast.QueueFullException')]"/>
    public bool TryAdd(FlowJob flow, [NotNullWhen(true)] out FlowResult? result)
    {
        ArgumentNullException.ThrowIfNull(flow);
        result = Admit(new ReadOnlySpan<FlowJob>(in flow), RoomWish.Try);
        return result is not null;
    }

    /// <summary>Adds a flow without making result objects: nothing is allocated beyond the description.</summary>
    /// <param name="flow">Its root.</param>
    /// <returns>The root's handle.</returns>
    /// <inheritdoc cref="Add(FlowJob)" path="/exception"/>
    public JobHandle Start(FlowJob flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        return new JobHandle(_store, Start(flow, null));
    }

    /// <summary>Adds a flow, waits for its root and returns the root's value. The token cancels the flow.</summary>
    /// <typeparam name="TResult">The value's type.</typeparam>
    /// <param name="flow">Its root.</param>
    /// <param name="cancellationToken">Cancels the flow; the task then ends when the root has ended.</param>
    /// <returns>The root's value. Await it once, or turn it into a task with AsTask.</returns>
    /// <exception cref="JobFailedException">The root failed.</exception>
    /// <exception cref="JobCanceledException">The root was canceled.</exception>
    /// <exception cref="JobNotFoundException">The root was removed.</exception>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    /// <exception cref="OperationCanceledException">The token had fired before the call; nothing was added.</exception>
    /// <inheritdoc cref="Add(FlowJob)" path="/exception"/>
    public ValueTask<TResult> RunAsync<TResult>(FlowJob flow, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(flow);
        cancellationToken.ThrowIfCancellationRequested();
        JobTable table = _store.Engine.Table;
        ResultWaiter<TResult> waiter = table.RentWaiter<TResult>();
        JobHandle root = new(_store, Start(flow, waiter));
        return JobReader.Follow(table, waiter, root, cancellationToken);
    }

    private JobId Start(FlowJob flow, JobWaiter? waiter)
    {
        Engine engine = _store.Engine;
        FlowPlan plan = engine.Flows.Rent();
        try
        {
            plan.Build(new ReadOnlySpan<FlowJob>(in flow));
            TakeRoom(engine, FlowAdmission.Demands(plan), RoomWish.Throw);
            Admit(engine, plan, waiter);
            return new JobId(plan.Nodes[0].Id);
        }
        finally
        {
            engine.Flows.Return(plan);
        }
    }

    private FlowResult? Admit(ReadOnlySpan<FlowJob> roots, RoomWish wish)
    {
        Engine engine = _store.Engine;
        FlowPlan plan = engine.Flows.Rent();
        try
        {
            plan.Build(roots);
            return TakeRoom(engine, FlowAdmission.Demands(plan), wish) ? Admit(engine, plan) : null;
        }
        finally
        {
            engine.Flows.Return(plan);
        }
    }

    private FlowResult Admit(Engine engine, FlowPlan plan)
    {
        FlowEntry[] entries = GC.AllocateUninitializedArray<FlowEntry>(plan.Count);
        BitArray? delayed = plan.HasDelays ? new BitArray(plan.Count) : null;
        Admit(engine, plan, null);
        Span<FlowNode> nodes = plan.Nodes;
        for (int i = 0; i < entries.Length; i++)
        {
            ref FlowNode node = ref nodes[i];
            bool isLast = node.Parent >= 0 && i == nodes[node.Parent].FirstChild + nodes[node.Parent].ChildCount - 1;
            entries[i] = new FlowEntry(node.Job, node.Id, node.ChildCount != 0, isLast);
            delayed?.Set(i, node.IsDelayed);
        }

        return new FlowResult(_store, entries, 0, plan.RootCount, delayed);
    }

    private static void Admit(Engine engine, FlowPlan plan, JobWaiter? waiter)
    {
        try
        {
            engine.Flows.Admit(plan, waiter);
        }
        catch
        {
            foreach (RoomDemand demand in FlowAdmission.Demands(plan))
            {
                engine.Table.Rooms.Give(demand.Room, demand.Count);
            }

            throw;
        }
    }

    private static bool TakeRoom(Engine engine, RoomDemand[] demands, RoomWish wish)
    {
        if (demands.Length == 0)
        {
            return true;
        }

        QueueRoom? full = wish == RoomWish.Force ? null : QueueRooms.NeverFits(demands);
        bool neverFits = full is not null;
        full ??= engine.Table.Rooms.TryTake(demands, wish == RoomWish.Force);
        return full is null
            || (wish == RoomWish.Try && !neverFits ? false : throw new QueueFullException(full.QueueName, full.Capacity, neverFits));
    }
}
