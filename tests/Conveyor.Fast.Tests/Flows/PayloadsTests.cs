using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Tests.Flows;

/// <summary>Payloads and values of every kind, from the add to the parent that reads them.</summary>
public class PayloadsTests
{
    [Fact]
    [Trait("Behaviour", "VAL-18")]
    public void Payload_OfAnyKind_IsStoredFetchedAndReadUnchanged()
    {
        Survives<object?>(null);
        Survives<string?>(null);
        Survives<int?>(null);
        Survives<int?>(7);
        Survives(true);
        Survives(false);
        Survives(0);
        Survives(-1);
        Survives(int.MinValue);
        Survives(long.MaxValue);
        Survives(0.1f);
        Survives(-0.0);
        Survives(double.NaN);
        Survives(double.Epsilon);
        Survives(79228162514264337593543950335m);
        Survives('\0');
        Survives(DayOfWeek.Friday);
        Survives(Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"));
        Survives(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(-7)));
        Survives((Name: "pair", Number: 1.5, Inner: (Flag: true, Text: (string?)null)));
        Survives("");
        Survives("ünïcödé, 日本語, 🚀, \u0000, \ud800 alone");
        Survives(new string('x', 100_000));
        Survives(Array.Empty<int>());
        Survives(new List<string>());
        Survives(new Dictionary<string, object?>());
        Survives<int[][]>([[], [1], [2, 3]]);
        Survives<object?[]>([null, true, 0, -1.5, "", new object?[] { null, Array.Empty<object>() }]);
        Survives(new Dictionary<string, object?> { ["nested"] = new Dictionary<string, object?> { ["list"] = new List<int> { 1, 2 }, ["null"] = null } });
        Survives(Enumerable.Range(0, 1000).Select(static i => new KeyValuePair<string, int>($"key-{i}", i)).ToArray());
    }

    /// <summary>Adds the payload plainly and in a flow; the handlers return it; a parent, handles and look-ups read it.</summary>
    private static void Survives<T>(T payload)
    {
        using PumpedStore test = new();
        List<T> seen = [];
        test.Work("typed", job => Note(job.GetData<T>()));
        test.Work("q", job => job.Name == "parent" ? NoteAll(job.GetChildrenValues<T>()) : Note(job.GetData<T>()));
        using Worker<T, T> typed = new(test.Store, "struct", (_, data) => (T)Note(data)!, new WorkerOptions { Mode = WorkerMode.Pumped });

        JobHandle[] plain = [test.Queue("typed").Add("plain", payload), test.Queue("struct").Add("plain", payload), .. test.Queue("struct").AddBulk<T>([new JobRequest<T>("bulk", payload)])];
        FlowResult flow = test.Flows.Add(new FlowJob("parent", "q", payload) { Children = [new FlowJob("child", "q", payload), new FlowJob("child", "struct", payload)] });
        Assert.All([.. plain, flow.Job, flow.Children[0].Job], job => Same(payload, job.GetInfo().Data));
        test.Pump();

        Assert.Equal(7, seen.Count);
        Assert.All(seen, value => Same(payload, value));
        Assert.All([.. plain, .. flow.Children.Select(static child => child.Job)], job =>
        {
            Assert.True(job.TryGetResult(out T? result));
            Same(payload, result);
            Same(payload, job.GetInfo().Value);
            Same(payload, job.GetInfo().Data);
        });
        Assert.All(flow.Job.Children, child => Same(payload, child.GetValue<T>()));

        object? Note(T data)
        {
            seen.Add(data);
            return data;
        }

        object? NoteAll(IReadOnlyList<T> values)
        {
            seen.AddRange(values);
            return null;
        }
    }

    private static void Same<T>(T expected, object? actual)
    {
        if (expected is null || typeof(T).IsValueType)
        {
            Assert.Equal((object?)expected, actual);
        }
        else
        {
            Assert.True(ReferenceEquals(expected, actual), $"{actual} is not the object that was given");
        }
    }
}
