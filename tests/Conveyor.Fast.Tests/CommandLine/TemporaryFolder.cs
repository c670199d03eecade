namespace Conveyor.Fast.Tests.CommandLine;

/// <summary>A folder of one test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("conveyor-").FullName;

    public string File(string name) => Path.Combine(Root, name);

    public string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
