namespace Conveyor.Fast.Tests.CommandLine;

public sealed class ValidateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Validate_GoodFile_CountsAndRunsNothing()
    {
        string path = _folder.Write("flow.json", """
            {"name":"a","queueName":"q","data":{"run":"touch ran"},"children":[{"name":"b","queueName":"r"},{"name":"c","queueName":"r"}]}
            """);

        CommandLineResult result = await CommandLineRunner.RunAsync("validate", path);

        Assert.Equal(0, result.ExitCode);
        Assert.EndsWith("flow.json: 3 jobs on 2 levels in 2 queues", result.Output.Trim());
        Assert.Empty(result.Error);
        Assert.False(File.Exists(_folder.File("ran")));
    }

    [Fact]
    public async Task Validate_SingleJob_CountsInSingular()
    {
        CommandLineResult result = await CommandLineRunner.RunAsync("validate", _folder.Write("flow.json", """{"name":"a","queueName":"q"}"""));

        Assert.EndsWith(": 1 job on 1 level in 1 queue", result.Output.Trim());
    }

    public void Dispose() => _folder.Dispose();
}
