namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Bounded queues and those who wait for room in them. Rule 25.</summary>
internal sealed partial class ReferenceStore
{
    private readonly List<ReferenceAdder> _adders = [];

    /// <summary>Whether somebody waits for room, so that jobs may come from another thread.</summary>
    public bool HasAdders => _adders.Count > 0;

    /// <summary>Whether anybody has ever waited: from then on it is open when a queue is drained.</summary>
    public bool HasWaited { get; private set; }

    /// <summary>Whether somebody who waited was served in this step.</summary>
    public bool HasServed => _adders.Exists(static adder => adder.IsServed);

    /// <summary>What was served is added, at the end of a step.</summary>
    public void AddServed()
    {
        foreach (ReferenceAdder adder in _adders.FindAll(static adder => adder.IsServed))
        {
            _adders.Remove(adder);
            adder.Wait.Outcome = $"added {(adder.IsFlow ? AddTrees([adder.Plan]) : AddJobs([adder.Plan]))}";
        }
    }

    /// <summary>Nobody overtakes those who wait, and nobody else takes what they were given.</summary>
    private bool HasRoom(List<JobPlan> plans)
    {
        bool isAwaited = _adders.Exists(static adder => !adder.IsServed);
        return Demands(plans).All(demand => !isAwaited && IsFree(demand.Queue, demand.Count));
    }

    /// <summary>What could never fit is refused, not put off.</summary>
    private bool MayEverFit(List<JobPlan> plans) => Demands(plans).All(demand => demand.Count <= CapacityOf(demand.Queue));

    /// <summary>In order of asking; one that does not fit keeps those behind it from the room it waits for.</summary>
    private void ServeAdders()
    {
        foreach (ReferenceAdder adder in _adders.FindAll(static adder => !adder.IsServed))
        {
            if (!Demands(adder.Plan.All()).All(demand => IsFree(demand.Queue, demand.Count)))
            {
                return;
            }

            adder.IsServed = true;
        }
    }

    private string WaitForRoom(JobPlan plan, bool isFlow)
    {
        HasWaited = true;
        ReferenceWait wait = new(null, null);
        _waits.Add(wait);
        _adders.Add(new ReferenceAdder(plan, isFlow, wait));
        return "waits";
    }

    private string GiveUp(string job)
    {
        if (_adders.Find(adder => adder.Plan.Name == job) is not { IsServed: false } adder)
        {
            return "nothing";
        }

        _adders.Remove(adder);
        adder.Wait.Outcome = "given up";
        ServeAdders();
        return "gives up";
    }

    private bool IsFree(string queue, int count) => TakenWith(queue) + count <= CapacityOf(queue);

    private int TakenWith(string queue) => Unfinished(queue) + _adders.Where(static adder => adder.IsServed).Sum(adder => adder.Plan.All().Count(plan => plan.Queue == queue));

    private IEnumerable<(string Queue, int Count)> Demands(IEnumerable<JobPlan> plans) =>
        plans.GroupBy(static plan => plan.Queue).Where(group => CapacityOf(group.Key) is not null).Select(static group => (group.Key, group.Count()));

    private int? CapacityOf(string queue) => queue == "b" ? _plan.Capacity : null;

    private int Unfinished(string queue) => _jobs.Values.Count(job => job.IsUnfinished && job.Plan.Queue == queue);
}
