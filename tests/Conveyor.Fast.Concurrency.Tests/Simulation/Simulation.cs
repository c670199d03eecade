using Conveyor.Fast.Tests.Support;

namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>Tells a story to the engine and to the reference at once and compares all that can be seen after each step.</summary>
internal static class Simulation
{
    private const int DescribeEvery = 8;
    private static readonly JobState[] s_states = [.. Enum.GetValues<JobState>().Where(static state => state != JobState.None)];

    /// <summary>Where they differ first; null if they agree to the end.</summary>
    public static string? FirstDifference(Story story)
    {
        using EngineActor engine = new(story.Store);
        ReferenceStore reference = new(story.Store);
        int done = 0;
        try
        {
            foreach (Operation operation in story.Operations)
            {
                Step(engine, reference, Resolve(reference, operation));
                if (++done % DescribeEvery == 0)
                {
                    CompareRecords(engine, reference);
                }
            }

            CompareRecords(engine, reference);
            IntegrityChecker.Check(engine.Store);
            return null;
        }
        catch (Exception error)
        {
            return $"step {done + 1}, {(done < story.Operations.Count ? story.Operations[done] : "the end")}: {(error is DifferenceException ? error.Message : error)}";
        }
    }

    /// <summary>All that the engine does with a story, ids included, until somebody waits for room: who waits goes on when its thread comes to it.</summary>
    public static IReadOnlyList<string> Record(Story story)
    {
        List<string> lines = [];
        using EngineActor engine = new(story.Store);
        ReferenceStore reference = new(story.Store);
        foreach (Operation told in story.Operations)
        {
            Operation operation = Resolve(reference, told);
            reference.Perform(operation);
            string answer = engine.Perform(operation);
            lines.Add($"{operation}: {answer}");
            if (operation is Operation.Add or Operation.AddFlow && answer == "waits")
            {
                break;
            }
        }

        lines.AddRange(engine.Trace);
        lines.AddRange(engine.Heard.Select(static heard => heard.ToString()));
        lines.AddRange(engine.Ids.Select(static id => id.ToString()));
        return lines;
    }

    /// <summary>How far the next due time is off, the reference knows.</summary>
    private static Operation Resolve(ReferenceStore reference, Operation operation) =>
        operation is Operation.AdvanceToDue ? new Operation.AdvanceBy(reference.UntilDue ?? TimeSpan.Zero) : operation;

    /// <summary>Who has waited for room adds on a thread of its own, so while somebody does, a pump goes job by job.</summary>
    private static void Step(EngineActor engine, ReferenceStore reference, Operation operation)
    {
        if (!reference.HasAdders || operation is not Operation.Pump { Jobs: not 1 } pump)
        {
            SingleStep(engine, reference, operation);
            return;
        }

        for (int left = pump.Jobs ?? Operation.Pump.Most; left > 0 && !SingleStep(engine, reference, new Operation.Pump(1)).StartsWith("0 ran", StringComparison.Ordinal); left--)
        {
        }
    }

    private static string SingleStep(EngineActor engine, ReferenceStore reference, Operation operation)
    {
        string? taken = operation is Operation.OnQueue ? engine.Perform(operation) : null;
        string expected = reference.Perform(operation is Operation.OnQueue onQueue ? onQueue with { Taken = engine.Taken } : operation);
        string answer = taken ?? engine.Perform(operation);
        if (reference.HasServed && operation is Operation.Pump)
        {
            expected = Ran(expected); // What is added meanwhile may be ready already.
            answer = Ran(answer);
        }

        if (operation is Operation.Pump && !reference.HasServed)
        {
            CompareDue(reference, engine.LastPump);
        }

        reference.AddServed();
        IReadOnlyList<string?> waits = reference.Waits;
        engine.AwaitWaits(waits);
        CompareTexts("waits", waits, engine.Waits);
        CompareTexts("trace", reference.Trace, engine.Trace);
        Compare("answer", expected, answer);
        CompareEvents(reference.Heard, engine.Heard);
        CompareTexts("notices", Sorted(reference.Notices, reference.HasWaited), Sorted(engine.Notices, reference.HasWaited));
        foreach (string name in reference.Names)
        {
            CompareStates(name, reference.StateOf(name), engine.StateOf(name));
        }

        foreach (string queue in ReferenceStore.Queues)
        {
            JobCounts counts = engine.Count(queue);
            if (counts != reference.Count(queue))
            {
                throw new DifferenceException($"queue {queue}", reference.Count(queue).ToString(), counts.ToString());
            }
        }

        CompareRoom(engine, reference);
        Compare("fired tokens", string.Join(' ', reference.Fired.Order(StringComparer.Ordinal)), string.Join(' ', engine.Fired.Order(StringComparer.Ordinal)));
        foreach (IActor actor in (ReadOnlySpan<IActor>)[engine, reference])
        {
            actor.Trace.Clear();
            actor.Heard.Clear();
            actor.Notices.Clear();
        }

        return answer;
    }

    private static string[] Sorted(List<string> notices, bool hasWaited) =>
        [.. notices.Where(notice => !hasWaited || !notice.StartsWith("drained", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static string Ran(string answer) => answer[..answer.IndexOf(',', StringComparison.Ordinal)];

    private static void CompareRecords(EngineActor engine, ReferenceStore reference)
    {
        foreach (string name in reference.Names)
        {
            Compare($"job {name}", reference.Describe(name), engine.Describe(name));
        }

        foreach (string queue in ReferenceStore.Queues)
        {
            foreach (JobState state in s_states)
            {
                Compare($"{state} jobs of {queue}", reference.List(queue, state), engine.List(queue, state));
            }

            Compare($"schedules of {queue}", reference.ListSchedules(queue), engine.ListSchedules(queue));
            foreach (string id in StoryTeller.CustomIds)
            {
                Compare($"id {id} of {queue}", reference.Find(queue, id), engine.Find(queue, id));
            }
        }
    }

    /// <summary>While a handler is suspended, the limit of a run that has ended in time may still be looked at.</summary>
    private static void CompareDue(ReferenceStore reference, PumpResult result)
    {
        bool mayBeEarly = reference.HasLimits && result.JobsSuspended > 0;
        if (result.NextDue != reference.UntilDue && !(mayBeEarly && result.NextDue is { } due && !(due >= reference.UntilDue)))
        {
            Compare("due in", reference.UntilDue.ToString(), result.NextDue.ToString());
        }
    }

    private static void CompareRoom(EngineActor engine, ReferenceStore reference)
    {
        int taken = engine.RoomTaken("b");
        if (taken != reference.RoomTaken("b"))
        {
            throw new DifferenceException("room taken", reference.RoomTaken("b").ToString(), taken.ToString());
        }
    }

    /// <summary>Rule 3: in order for one job; a child's end before what follows from it; otherwise in any order.</summary>
    private static void CompareEvents(List<JobAnnouncement> expected, List<JobAnnouncement> heard)
    {
        JobAnnouncement[] one = [.. expected.OrderBy(static announcement => announcement.Job, StringComparer.Ordinal)];
        JobAnnouncement[] other = [.. heard.OrderBy(static announcement => announcement.Job, StringComparer.Ordinal)];
        if (one.Length != other.Length || one.Where((announcement, i) => !announcement.Matches(other[i])).Any())
        {
            throw new DifferenceException("events", string.Join("; ", (IEnumerable<JobAnnouncement>)one), string.Join("; ", (IEnumerable<JobAnnouncement>)other));
        }

        for (int effect = 0; effect < expected.Count; effect++)
        {
            int cause = expected[effect].FollowsEndOf is { } child ? expected.FindLastIndex(effect, end => end.Job == child && end.IsEnd) : -1;
            if (cause >= 0 && PlaceOf(expected, cause, heard) > PlaceOf(expected, effect, heard))
            {
                throw new DifferenceException("order of events", $"{expected[cause]}, then {expected[effect]}", "the other way round");
            }
        }
    }

    /// <summary>Where the same event of the same job was heard.</summary>
    private static int PlaceOf(List<JobAnnouncement> expected, int place, List<JobAnnouncement> heard)
    {
        string job = expected[place].Job;
        int number = expected.Take(place).Count(announcement => announcement.Job == job);
        return heard.Index().Where(each => each.Item.Job == job).ElementAt(number).Index;
    }

    private static void CompareTexts(string what, IReadOnlyList<string?> expected, IReadOnlyList<string?> actual)
    {
        for (int i = 0; i < Math.Max(expected.Count, actual.Count); i++)
        {
            Compare($"{what} {i}", i < expected.Count ? expected[i] : "nothing", i < actual.Count ? actual[i] : "nothing");
        }
    }

    private static void CompareStates(string name, JobState expected, JobState actual)
    {
        if (expected != actual)
        {
            throw new DifferenceException($"state of {name}", expected.ToString(), actual.ToString());
        }
    }

    private static void Compare(string what, string? expected, string? actual)
    {
        if (expected != actual)
        {
            throw new DifferenceException(what, expected, actual);
        }
    }
}
