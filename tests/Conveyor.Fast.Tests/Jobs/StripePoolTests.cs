using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Jobs;

public class StripePoolTests
{
    [Fact]
    public void Ids_AfterASubscriberAddedFromInside_DoNotDependOnThreads()
    {
        Assert.Equal(AddWith(static add => add()), AddWith(static add =>
        {
            Thread thread = new(() => add());
            thread.Start();
            thread.Join();
        }));
    }

    /// <summary>Adds from inside an add, then one after another on whatever threads the caller uses.</summary>
    private static List<JobId> AddWith(Action<Action> run)
    {
        using PumpedStore test = new();
        List<JobId> ids = [];
        using IDisposable subscription = test.Store.Events.Subscribe(
            occurrence => ids.Add(occurrence.JobName == "root" ? test.Queue("q").Add("inner").Id : occurrence.Job.Id), JobEventType.Added);
        test.Flows.Start(new FlowJob("root", "q"));
        for (int i = 0; i < 4; i++)
        {
            run(() => test.Queue("q").Add("later"));
        }

        return ids;
    }
}
