namespace Conveyor.Fast.Concurrency.Tests.Linearizability;

/// <summary>What histories are made of, by name. Each plays its share of them.</summary>
internal static class Specimens
{
    private const int CallsPerThread = 5;

    private static readonly Dictionary<string, Action<string>> s_plays = new()
    {
        ["ready channel"] = static name => Play(name, new ChannelSpecimen(), 1),
        ["slot pool"] = static name => Play(name, new SlotPoolSpecimen(), 2),
        ["published list"] = static name => Play(name, new ListSpecimen(), 3),
        ["store's surface"] = static name => Play(name, new StoreSpecimen(), 4),
        ["store with a worker"] = static name => Play(name, new WorkedStoreSpecimen(), 6),
        ["bulks"] = static name => Play(name, new BulkSpecimen(), 5),
    };

    public static IEnumerable<string> Names => s_plays.Keys;

    public static void Play(string name) => s_plays[name](name);

    private static void Play<TModel>(string name, Specimen<TModel> specimen, int seed) =>
        new ParallelHistories<TModel>(specimen, CallsPerThread).Run($"Histories of the {name}", 1.0 / s_plays.Count, seed);
}
