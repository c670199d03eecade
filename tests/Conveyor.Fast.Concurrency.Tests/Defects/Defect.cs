namespace Conveyor.Fast.Concurrency.Tests.Defects;

/// <summary>One seeded defect, as listed in Seeds.txt.</summary>
/// <param name="Name">Its switch.</param>
/// <param name="Breaks">What it breaks.</param>
/// <param name="Killers">The scenarios that must not stand while it is on.</param>
internal sealed record Defect(string Name, string Breaks, IReadOnlyList<string> Killers)
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
                all.Add(new Defect(lines[i][2..], lines[i + 1], [.. lines.Skip(i + 2).TakeWhile(static line => line.StartsWith(": ", StringComparison.Ordinal)).Select(static line => line[2..])]));
            }
        }

        return all;
    }
}
