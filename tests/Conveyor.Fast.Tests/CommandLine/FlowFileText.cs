using System.Text;
using Conveyor.Fast.Cli.FlowFiles;

namespace Conveyor.Fast.Tests.CommandLine;

/// <summary>Reads flow files that tests write as text.</summary>
internal static class FlowFileText
{
    public static FlowFile Read(string json) => FlowFileReader.Read(Encoding.UTF8.GetBytes(json));

    public static FlowFileException Refusal(string json) => Assert.Throws<FlowFileException>(() => Read(json));

    /// <summary>A chain of single children, the deepest one without.</summary>
    public static string Chain(int levels)
    {
        var json = new StringBuilder();
        for (int level = 1; level < levels; level++)
        {
            json.Append("""{"name":"job","queueName":"q","children":[""");
        }

        json.Append("""{"name":"leaf","queueName":"q"}""");
        return json.Insert(json.Length, "]}", levels - 1).ToString();
    }

    public static string Siblings(int children) =>
        $$"""{"name":"root","queueName":"q","children":[{{string.Join(',', Enumerable.Repeat("""{"name":"j","queueName":"q"}""", children))}}]}""";

    /// <summary>A root whose options are the given text.</summary>
    public static string WithOptions(string options) => $$"""{"name":"root","queueName":"q","opts":{{options}}}""";
}
