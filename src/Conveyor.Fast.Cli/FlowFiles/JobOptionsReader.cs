namespace Conveyor.Fast.Cli.FlowFiles;

/// <summary>Reads the <c>opts</c> of a job.</summary>
internal static class JobOptionsReader
{
    /// <returns>All but the time limit, which is the command's and not the job's: it goes to the node.</returns>
    public static JobOptions Read(ref JsonCursor cursor, FlowFileNode job)
    {
        var given = new HashSet<string>(StringComparer.Ordinal);
        int? attempts = null;
        int? priority = null;
        bool? lifo = null;
        string? customId = null;
        Backoff? backoff = null;
        TimeSpan? delay = null;
        int? maxStalls = null;
        Deduplication? deduplication = null;
        ChildFailurePolicy? policy = null;
        Retention? removeOnComplete = null;
        Retention? removeOnFail = null;

        cursor.ReadObject();
        while (cursor.ReadProperty(out string name))
        {
            cursor.Field = $"opts.{name}";
            if (!given.Add(name))
            {
                throw cursor.Problem("is given twice");
            }

            switch (name)
            {
                case "attempts":
                    attempts = cursor.ReadWholeNumber(min: 1);
                    break;
                case "backoff":
                    backoff = BackoffReader.Read(ref cursor);
                    break;
                case "delay":
                    delay = DurationReader.Read(ref cursor);
                    break;
                case "timeout":
                    job.Timeout = ReadTimeout(ref cursor);
                    break;
                case "maxStalls":
                    maxStalls = cursor.ReadWholeNumber(min: 0);
                    break;
                case "priority":
                    priority = cursor.ReadWholeNumber();
                    break;
                case "lifo":
                    lifo = cursor.ReadSwitch();
                    break;
                case "jobId":
                    customId = FlowFileReader.ReadId(ref cursor);
                    break;
                case "deduplication":
                    deduplication = DeduplicationReader.Read(ref cursor);
                    break;
                case "failParentOnChildFailure":
                    policy = ReadPolicy(ref cursor);
                    break;
                case "removeOnComplete":
                    removeOnComplete = RetentionReader.Read(ref cursor);
                    break;
                case "removeOnFail":
                    removeOnFail = RetentionReader.Read(ref cursor);
                    break;
                case "repeat":
                    throw cursor.Problem("does not go with a flow file, which is run once");
                case "groupId" or "group":
                    throw cursor.Problem("this option is not supported yet");
                default:
                    throw cursor.Problem(
                        "unknown option, there are attempts, backoff, delay, timeout, maxStalls, priority, lifo, jobId, deduplication, failParentOnChildFailure, removeOnComplete and removeOnFail");
            }
        }

        return new JobOptions
        {
            Attempts = attempts,
            Backoff = backoff,
            Delay = delay,
            MaxStalls = maxStalls,
            Priority = priority,
            Lifo = lifo,
            CustomId = customId,
            Deduplication = deduplication,
            FailParentOnChildFailure = policy,
            RemoveOnComplete = removeOnComplete,
            RemoveOnFail = removeOnFail,
        };
    }

    private static TimeSpan ReadTimeout(ref JsonCursor cursor)
    {
        TimeSpan timeout = DurationReader.ReadAboveZero(ref cursor);
        return timeout <= FlowFileLimits.MaxTimeout ? timeout : throw cursor.Problem($"must be at most {FlowFileLimits.MaxTimeout.Days} days");
    }

    private static ChildFailurePolicy ReadPolicy(ref JsonCursor cursor)
    {
        string policy = cursor.ReadText();
        return policy switch
        {
            "fail" => ChildFailurePolicy.Fail,
            "ignore" => ChildFailurePolicy.Ignore,
            "remove" => ChildFailurePolicy.Remove,
            _ => throw cursor.Problem($"must be 'fail', 'ignore' or 'remove', but is '{policy}'"),
        };
    }
}
