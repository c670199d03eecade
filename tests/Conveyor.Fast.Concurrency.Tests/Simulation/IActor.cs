namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What a story is told to: the engine, or the reference. All that can be told apart is in here.</summary>
internal interface IActor
{
    /// <summary>What the runs saw and were answered, in order.</summary>
    List<string> Trace { get; }

    /// <summary>The events since they were last cleared.</summary>
    List<JobAnnouncement> Heard { get; }

    /// <summary>Drained and Duplicated events and the number of errors, as text.</summary>
    List<string> Notices { get; }

    /// <summary>Waits in order of asking, with their outcomes; null for one that is still under way.</summary>
    IReadOnlyList<string?> Waits { get; }

    IReadOnlyCollection<string> Names { get; }

    /// <summary>The suspended runs whose tokens have fired.</summary>
    IEnumerable<string> Fired { get; }

    /// <summary>Performs a step and says how it was answered.</summary>
    string Perform(Operation operation);

    JobState StateOf(string job);

    /// <summary>Everything that can be read of a job, as text.</summary>
    string Describe(string job);

    JobCounts Count(string queue);

    int RoomTaken(string queue);

    /// <summary>The jobs of a state, by name.</summary>
    string List(string queue, JobState state);

    /// <summary>The schedules that are not over, by id, with their jobs.</summary>
    string ListSchedules(string queue);

    /// <summary>The job that holds a custom id.</summary>
    string? Find(string queue, string customId);
}
