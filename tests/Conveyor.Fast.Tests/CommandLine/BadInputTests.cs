using System.Text;

namespace Conveyor.Fast.Tests.CommandLine;

/// <summary>Whatever is wrong with the input: exit code 2, one line on standard error, nothing on standard output.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("run")]
    [InlineData("validate")]
    public async Task Command_MissingFile_IsBadInput(string command) =>
        await RefusesAsync(": there is no such file", command, _folder.File("none.json"));

    [Theory]
    [InlineData("run")]
    [InlineData("validate")]
    public async Task Command_FileInMissingFolder_IsBadInput(string command) =>
        await RefusesAsync(": there is no such file", command, _folder.File("no/folder.json"));

    [Theory]
    [InlineData("run")]
    [InlineData("validate")]
    public async Task Command_Directory_IsBadInput(string command) =>
        await RefusesAsync(": is a directory, not a flow file", command, _folder.Root);

    [Theory]
    [InlineData("run")]
    [InlineData("validate")]
    public async Task Command_EmptyFile_IsBadInput(string command) =>
        await RefusesAsync(": is empty", command, _folder.Write("empty.json", ""));

    [Theory]
    [InlineData("run")]
    [InlineData("validate")]
    public async Task Command_BadNode_NamesLineAndPath(string command) => await RefusesAsync(
        "bad.json:2: children[0].opts.attempts: must be at least 1, but is -3",
        command,
        _folder.Write("bad.json", "{\"name\":\"a\",\"queueName\":\"q\",\"children\":[\n{\"name\":\"b\",\"queueName\":\"q\",\"opts\":{\"attempts\":-3}}]}"));

    [Fact]
    public async Task Run_Brackets_IsBadInput() =>
        await RefusesAsync("brackets.json:1: must be an object", "run", _folder.Write("brackets.json", new string('[', 200_000)));

    [Fact]
    public async Task Run_OtherEncoding_IsBadInput()
    {
        string path = _folder.File("utf16.json");
        await File.WriteAllTextAsync(path, """{"name":"ü","queueName":"q"}""", Encoding.Unicode, CancellationToken.None);

        await RefusesAsync(": is not text in UTF-8", "run", path);
    }

    [Fact]
    public async Task Validate_ByteOrderMark_IsSkipped()
    {
        string path = _folder.File("bom.json");
        await File.WriteAllTextAsync(path, """{"name":"a","queueName":"q"}""", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), CancellationToken.None);

        Assert.Equal(0, (await CommandLineRunner.RunAsync("validate", path)).ExitCode);
    }

    [Fact]
    public async Task Run_PathWithControlCharacters_StaysOnOneLine() =>
        await RefusesAsync(": there is no such file", "run", _folder.File("a\n\u001b[31mb.json"));

    [Theory]
    [InlineData("conveyor: ")]
    [InlineData("conveyor: ", "fly")]
    [InlineData("conveyor: ", "run")]
    [InlineData("conveyor: ", "validate")]
    [InlineData("conveyor: ", "validate", "a.json", "b.json")]
    [InlineData("conveyor: ", "run", "a.json", "--unknown")]
    [InlineData("conveyor: ", "run", "a.json", "--concurrency")]
    [InlineData("conveyor: --concurrency: must be a whole number from 1 to 1,000, but is '0'", "run", "a.json", "--concurrency", "0")]
    [InlineData("conveyor: --concurrency: must be a whole number from 1 to 1,000, but is '-2'", "run", "a.json", "--concurrency", "-2")]
    [InlineData("conveyor: --concurrency: must be a whole number from 1 to 1,000, but is 'many'", "run", "a.json", "--concurrency", "many")]
    [InlineData("conveyor: --concurrency: must be a whole number from 1 to 1,000, but is '1001'", "run", "a.json", "--concurrency", "1001")]
    public async Task CommandLine_BadArguments_IsBadInput(string line, params string[] args)
    {
        await RefusesAsync(line, args);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task RefusesAsync(string line, params string[] args)
    {
        CommandLineResult result = await CommandLineRunner.RunAsync(args);

        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains(line, Assert.Single(result.ErrorLines));
        Assert.DoesNotContain("   at ", result.Error);
    }
}
