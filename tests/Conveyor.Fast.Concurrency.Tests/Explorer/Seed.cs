using Conveyor.Fast.Concurrency.Tests.Explorer.Schedules;

namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>Names one schedule of a scenario, so that it can be run again: "walk 17", "priorities 17 60 buffered", "path 0011 at 5,9" where the
/// plain accesses 5 and 9 are steps.</summary>
internal sealed record Seed(string Text)
{
    public bool BuffersStores => Text.EndsWith(" buffered", StringComparison.Ordinal);

    /// <summary>The plain accesses that are steps.</summary>
    public IEnumerable<int> Steps => Text.Split(" at ") is [_, string steps] ? steps.Split(' ')[0].Split(',').Select(int.Parse) : [];

    public static Seed Walk(int number, bool buffered, IReadOnlyCollection<int> steps) => new($"walk {number}{Mode(buffered, steps)}");

    public static Seed Priorities(int number, int length, bool buffered, IReadOnlyCollection<int> steps) => new($"priorities {number} {length}{Mode(buffered, steps)}");

    public static Seed Path(Execution execution, bool buffered) => new($"path {GivenPath.Of(execution)}{Mode(buffered, execution.Watch.Steps)}");

    public ISchedule ToSchedule()
    {
        string[] words = Text.Split(' ');
        return words[0] switch
        {
            "walk" => new RandomWalk(int.Parse(words[1])),
            "priorities" => new RandomPriorities(int.Parse(words[1]), int.Parse(words[2])),
            "path" => new GivenPath(words[1]),
            _ => throw new ArgumentException($"'{Text}' names no schedule."),
        };
    }

    public override string ToString() => Text;

    private static string Mode(bool buffered, IReadOnlyCollection<int> steps) =>
        (steps.Count == 0 ? "" : " at " + string.Join(',', steps)) + (buffered ? " buffered" : "");
}
