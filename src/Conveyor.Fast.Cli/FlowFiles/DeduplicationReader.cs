namespace Conveyor.Fast.Cli.FlowFiles;

/// <summary>Reads which jobs of a queue are one and the same: an object with the id that they have in common.</summary>
internal static class DeduplicationReader
{
    public static Deduplication Read(ref JsonCursor cursor)
    {
        string? id = null;
        cursor.ReadObject();
        while (cursor.ReadProperty(out string name))
        {
            cursor.Field = $"opts.deduplication.{name}";
            id = name switch
            {
                "id" when id is not null => throw cursor.Problem("is given twice"),
                "id" => FlowFileReader.ReadId(ref cursor),
                "ttl" => throw cursor.Problem("is not supported yet, an id holds until its job has ended"),
                _ => throw cursor.Problem("unknown field, there is id"),
            };
        }

        return id is null ? throw cursor.ProblemAt("opts.deduplication.id", "is missing") : Deduplication.ByKey(id);
    }
}
