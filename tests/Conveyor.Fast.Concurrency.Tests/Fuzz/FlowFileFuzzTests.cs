using System.Diagnostics;
using System.Text;
using Conveyor.Fast.Cli;
using Conveyor.Fast.Cli.Commands;
using Conveyor.Fast.Cli.FlowFiles;

namespace Conveyor.Fast.Concurrency.Tests.Fuzz;

/// <summary>Whatever a flow file holds, it is read, or refused by one clear line and exit code 2.</summary>
public class FlowFileFuzzTests
{
    private const int FilesPerCommand = 8;

    private static readonly TextMutator s_mutator = new(
        Bytes(
            """{"name":"root","queueName":"q"}""",
            """{"name":"root","queueName":"q","data":{"run":"echo 1","more":[1,2,{"a":null}]},"opts":{"attempts":3,"backoff":{"type":"exponential","delay":"1s"},"priority":-1,"jobId":"a"},"children":[]}""",
            """{"name":"r","queueName":"q","children":[{"name":"a","queueName":"q","opts":{"jobId":"x","removeOnComplete":true}},{"name":"b","queueName":"p","data":"text","children":[{"name":"c","queueName":"q","data":1.5}]}]}""",
            """{"children":[{"queueName":"q","name":"\u00fc\ud83d\ude00"}],"opts":{"backoff":5,"lifo":true,"removeOnFail":{"count":3}},"queueName":"q","name":"r"}""",
            """{"name":"r","queueName":"q","opts":{"failParentOnChildFailure":"ignore","timeout":"5s","maxStalls":0,"removeOnComplete":{"age":"1h","count":7}},"children":[{"name":"a","queueName":"q","opts":{"deduplication":{"id":"x"}}},{"name":"b","queueName":"q","opts":{"deduplication":{"id":"x"},"timeout":250}}]}"""),
        Bytes(
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "null", "true", "-1", "1e999", "0.1", "99999999999999999999", "\"\"", "\"5s\"", "\"1.5 hours\"", "\"-1s\"",
            "\"name\":", "\"queueName\":", "\"data\":", "\"run\":", "\"opts\":", "\"children\":[", "\"attempts\":", "\"backoff\":", "\"delay\":", "\"priority\":", "\"jobId\":", "\"removeOnFail\":", "\"ignoreDependencyOnFailure\":true", "\"failParentOnFailure\":",
            "\"failParentOnChildFailure\":\"ignore\"", "\"failParentOnChildFailure\":\"remove\"", "\"removeOnComplete\":{\"age\":\"1h\"}", "\"age\":", "\"timeout\":", "\"timeout\":\"5s\"", "\"maxStalls\":0",
            "\"deduplication\":", "\"deduplication\":{\"id\":\"x\"}", "\"ttl\":1", "\"repeat\":{}", "\"groupId\":\"g\"",
            "\u2028", "\u0007", "//", "/*", "\r\n", " ", "{\"name\":\"n\",\"queueName\":\"q\"}"));

    [Fact]
    public async Task FlowFiles_RandomAndMutated_AreReadOrRefusedInOneLine()
    {
        Budget budget = Budget.Current;
        long begun = Stopwatch.GetTimestamp();
        long done = 0;
        long good = 0;
        string path = Path.GetTempFileName();
        try
        {
            for (; budget.MayGoOn(done, budget.FlowFiles, begun); done++)
            {
                Random random = new((int)done);
                byte[] text = s_mutator.Next(random);
                if (random.Next(20) == 0)
                {
                    random.NextBytes(text);
                }

                good += await IsGoodAsync(text, path, isThroughCommand: done % FilesPerCommand == 0) ? 1 : 0;
            }
        }
        finally
        {
            File.Delete(path);
        }

        budget.Report("fuzz of flow files", $"{done:N0} files, {good:N0} of them good");
    }

    private static byte[][] Bytes(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static async Task<bool> IsGoodAsync(byte[] text, string path, bool isThroughCommand)
    {
        try
        {
            return isThroughCommand ? await ValidateAsync(text, path) : Read(text);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"The flow file {Convert.ToHexString(text)}: {Encoding.UTF8.GetString(text)}", error);
        }
    }

    private static bool Read(byte[] text)
    {
        try
        {
            return FlowFileReader.Read(text).Jobs.Count > 0;
        }
        catch (FlowFileException refusal)
        {
            Assert.False(string.IsNullOrWhiteSpace(refusal.Message));
            return false;
        }
    }

    private static async Task<bool> ValidateAsync(byte[] text, string path)
    {
        await File.WriteAllBytesAsync(path, text, TestContext.Current.CancellationToken);
        await using StringWriter output = new();
        await using StringWriter error = new();
        int exitCode = await ConveyorCommandLine.RunAsync(["validate", path], new Surroundings(output, error), CancellationToken.None);
        bool isGood = exitCode == 0;
        Assert.True(isGood || exitCode == 2, $"exit code {exitCode}");
        string said = (isGood ? output : error).ToString();
        Assert.Single(said.Split(Environment.NewLine), static line => line.Length > 0);
        Assert.DoesNotContain(said[..^Environment.NewLine.Length], char.IsControl);
        Assert.Equal("", (isGood ? error : output).ToString());
        return isGood;
    }
}
