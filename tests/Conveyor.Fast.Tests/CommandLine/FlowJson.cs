using System.Text.Json;

namespace Conveyor.Fast.Tests.CommandLine;

/// <summary>Writes jobs of flow files.</summary>
internal static class FlowJson
{
    public static string Job(string name, string command, string queue = "q", string options = "{}", params string[] children) =>
        $$"""
        {"name":{{Text(name)}},"queueName":{{Text(queue)}},"data":{"run":{{Text(command)}}},"opts":{{options}},"children":[{{string.Join(',', children)}}]}
        """;

    private static string Text(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
