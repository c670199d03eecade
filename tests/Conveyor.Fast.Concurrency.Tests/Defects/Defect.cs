namespace Conveyor.Fast.Concurrency.Tests.Defects;

/// <summary>One seeded defect, as listed in Seeds.txt.</summary>
/// <param name="Name">Its switch.</param>
/// <param name="Breaks">What it breaks.</param>
/// <param name="Killers">The scenarios of the explorer that must not stand while it is on.</param>
/// <param name="OtherKillers">The parts of other techniques that must find it while it is on.</param>
internal sealed record Defect(string Name, string Breaks, IReadOnlyList<string> Killers, IReadOnlyList<string> OtherKillers)
{
    public static IReadOnlyList<Defect> All { get; } = Read();

    private static List<Defect> Read()
    {
        using Stream stream = typeof(Defect).Assembly.GetManifestResourceStream("Seeds.txt")!;
        using StreamReader reader = new(stream);
        List<Defect> all = [];
        string[] lines = reader.ReadToEnd().Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("= ", StringComparison.Ordinal))
            {
                string[] rest = [.. lines.Skip(i + 2).TakeWhile(static line => !line.StartsWith('='))];
                all.Add(new Defect(lines[i][2..], lines[i + 1], Marked(rest, ": "), Marked(rest, "; ")));
            }
        }

        return all;
    }

    private static string[] Marked(string[] lines, string mark) =>
        [.. lines.Where(line => line.StartsWith(mark, StringComparison.Ordinal)).Select(line => line[mark.Length..])];
}
