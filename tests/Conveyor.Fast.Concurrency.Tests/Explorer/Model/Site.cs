namespace Conveyor.Fast.Concurrency.Tests.Explorer.Model;

/// <summary>Where a woven access stands and what it touches.</summary>
internal sealed record Site(string What, string Type, string Member)
{
    /// <summary>All of them; an access knows its place in this list.</summary>
    public static IReadOnlyList<Site> All { get; } = ReadAll();

    private static Site[] ReadAll()
    {
        using StreamReader reader = new(typeof(Site).Assembly.GetManifestResourceStream("Sites.txt")!);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split('\t')).Select(static parts => new Site(parts[0], parts[1], parts[2]))];
    }
}
