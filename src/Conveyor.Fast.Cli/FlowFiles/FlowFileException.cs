namespace Conveyor.Fast.Cli.FlowFiles;

/// <summary>The flow file is bad input. The message is one line: the path of the node, then the rule it breaks.</summary>
internal sealed class FlowFileException : Exception
{
    public FlowFileException(string path, string problem, int? line = null)
        : base(path.Length == 0 ? problem : $"{path}: {problem}")
    {
        Line = line;
    }

    /// <summary>Counted from 1; null if the problem is the file as a whole.</summary>
    public int? Line { get; }
}
