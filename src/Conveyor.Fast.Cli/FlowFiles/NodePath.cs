using System.Text;

namespace Conveyor.Fast.Cli.FlowFiles;

/// <summary>Says where a job stands in its file: <c>children[2].children[0]</c>; the root is the empty text.</summary>
internal static class NodePath
{
    /// <summary>A path of a thousand levels would bury the message that follows it.</summary>
    private const int MaxLength = 160;

    public static string Of(FlowFileNode? node, string field = "")
    {
        var segments = new List<string>();
        for (; node?.Parent is not null; node = node.Parent)
        {
            segments.Add($"children[{node.Index}]");
        }

        segments.Reverse();
        if (field.Length > 0)
        {
            segments.Add(field);
        }

        return string.Join('.', segments);
    }

    /// <summary>The same with the middle left out when it is long.</summary>
    public static string Short(FlowFileNode? node, string field = "")
    {
        string path = Of(node, field);
        if (path.Length <= MaxLength)
        {
            return path;
        }

        // Cut at the dots: half a segment would name another job.
        int head = path.LastIndexOf('.', MaxLength / 2);
        int tail = path.IndexOf('.', path.Length - (MaxLength / 2));
        return head < 0 || tail < 0
            ? string.Concat(path.AsSpan(0, MaxLength / 2), "...", path.AsSpan(path.Length - (MaxLength / 2)))
            : new StringBuilder().Append(path, 0, head).Append(". ... ").Append(path, tail, path.Length - tail).ToString();
    }
}
