using System.Text.Json;

namespace Conveyor.Fast.Tests.CommandLine;

/// <summary>The examples that come with the command line do what they say.</summary>
public sealed class ExampleTests
{
    [Theory]
    [InlineData("word-count.json")]
    [InlineData("failing-child.json")]
    [InlineData("retries.json")]
    public async Task Validate_Example_IsGood(string name)
    {
        CommandLineResult result = await CommandLineRunner.RunAsync("validate", Example(name));

        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task Run_WordCount_AddsUpTheFoldersOfThisRepository()
    {
        CommandLineResult result = await CommandLineRunner.RunAsync("run", Example("word-count.json"), "--json", "-q");

        Assert.Equal(0, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        JsonElement total = json.RootElement.GetProperty("value");
        JsonElement[] counts = [.. json.RootElement.GetProperty("jobs").EnumerateArray()
            .Where(job => job.GetProperty("queueName").GetString() == "counts")
            .Select(job => job.GetProperty("value"))];
        Assert.Equal(4, counts.Length);
        Assert.Equal(counts.Sum(count => count.GetProperty("words").GetInt64()), total.GetProperty("words").GetInt64());
        Assert.Equal(counts.Sum(count => count.GetProperty("files").GetInt64()), total.GetProperty("files").GetInt64());
        Assert.True(total.GetProperty("words").GetInt64() > 1_000);
    }

    [Fact]
    public async Task Run_FailingChild_ShowsThreePolicies()
    {
        CommandLineResult result = await CommandLineRunner.RunAsync("run", Example("failing-child.json"), "--json", "-q");

        Assert.Equal(0, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        Assert.StartsWith("completed children: [[", json.RootElement.GetProperty("value").GetString());
        Assert.Equal(
            ["failed", "completed", "removed"],
            json.RootElement.GetProperty("jobs").EnumerateArray()
                .Where(job => job.GetProperty("name").GetString()!.StartsWith("parent", StringComparison.Ordinal))
                .Select(job => job.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task Run_Retries_SucceedsInTheEnd()
    {
        CommandLineResult result = await CommandLineRunner.RunAsync("run", Example("retries.json"), "--json", "-q", "--concurrency", "2");

        Assert.Equal(0, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        Assert.True(json.RootElement.GetProperty("jobs")[2].GetProperty("attempts").GetInt32() > 1);
    }

    private static string Example(string name)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Conveyor.Fast.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        Assert.SkipWhen(folder is null, "The tests do not run from a checkout.");
        return Path.Combine(folder!, "src", "Conveyor.Fast.Cli", "examples", name);
    }
}
