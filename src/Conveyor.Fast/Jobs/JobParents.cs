namespace Conveyor.Fast.Jobs;

/// <summary>A job's parents as they are told: the one in its record first, then those that attached.</summary>
internal readonly struct JobParents
{
    private readonly long _first;
    private readonly int _firstQueue;

    private JobParents(in JobRecord record, KeyedJob? keyed)
    {
        _first = record.ParentId;
        _firstQueue = record.ParentQueue;
        Keyed = keyed;
    }

    /// <summary>What lies beside the record; null for a job without a key.</summary>
    public KeyedJob? Keyed { get; }

    public JobId? FirstId => _first != 0 ? new JobId(_first) : Further() is [var first, ..] ? new JobId(first.Id) : null;

    public int? FirstQueue => _first != 0 ? _firstQueue : Further() is [var first, ..] ? first.Queue : null;

    public static JobParents Of(JobTable table, in JobRecord record, long word) =>
        new(record, StateWord.Has(word, StateWord.HasKey) ? table.Keyed.Find(record.Id) : null);

    public IReadOnlyList<JobId> Ids()
    {
        IEnumerable<long> further = Further().Select(static parent => parent.Id);
        return [.. (_first != 0 ? further.Prepend(_first) : further).Distinct().Select(static id => new JobId(id))];
    }

    private (long Id, int Queue)[] Further() => Keyed?.Parents() ?? [];
}
