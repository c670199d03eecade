using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Conveyor.Fast.Tests.Repository;

/// <summary>The code base's own rules; each answers with what breaks it.</summary>
internal static partial class SourceRules
{
    /// <summary>The way of a job: a folder uses only folders that come after it.</summary>
    public static readonly string[] Stages = ["Admission", "Commit", "Dispatch", "Execution", "Flows", "Jobs", "Telemetry", "Threading"];

    public static IEnumerable<string> UnknownFolders(IEnumerable<SourceFile> files) =>
        from file in files
        where file.Stage.Length > 0 && !Stages.Contains(file.Stage)
        select $"{file.Path} is in no stage folder";

    public static IEnumerable<string> UpwardUses(IEnumerable<SourceFile> files) =>
        from file in files
        where file.Stage.Length > 0
        from use in StageName().Matches(file.Code).Select(static match => match.Groups[1].Value).Distinct()
        where Array.IndexOf(Stages, use) < Array.IndexOf(Stages, file.Stage)
        select $"{file.Path} uses {use}, which comes before {file.Stage}";

    public static IEnumerable<string> StrayAtomics(IEnumerable<SourceFile> files) =>
        from file in files
        where file.Stage != "Threading"
        from match in AtomicUse().Matches(file.Code)
        select $"{file.Path} uses {match.Value}; shared fields are touched through Threading";

    public static IEnumerable<string> Banned(IEnumerable<SourceFile> files) =>
        from file in files
        let code = file.Code
        from match in NeverUse().Matches(code).Concat(ThreadUse().Matches(code).Where(_ => file.Stage != "Dispatch"))
        select $"{file.Path} uses {match.Value}";

    public static IEnumerable<string> Sleeps(IEnumerable<SourceFile> files) =>
        from file in files
        from match in SleepUse().Matches(file.Code)
        select $"{file.Path} uses {match.Value}";

    public static IEnumerable<string> NotOneType(IEnumerable<SourceFile> files) =>
        from file in files
        let types = file.Types.Count()
        where types != 1 && !file.Path.EndsWith("AssemblyInfo.cs", StringComparison.Ordinal)
        select $"{file.Path} has {types} top-level types";

    public static IEnumerable<string> WrongNamespaces(IEnumerable<SourceFile> files) =>
        from file in files
        let space = file.Root.Members.OfType<BaseNamespaceDeclarationSyntax>().SingleOrDefault()?.Name.ToString()
        let expected = file.Stage.Length == 0 ? "Conveyor.Fast" : $"Conveyor.Fast.{file.Stage}"
        where space is not null && space != expected
        select $"{file.Path} is in namespace {space}, not {expected}";

    public static IEnumerable<string> PublicMachinery(IEnumerable<SourceFile> files) =>
        from file in files
        where file.Stage.Length > 0
        from type in file.Types
        where type.Modifiers.Any(SyntaxKind.PublicKeyword)
        select $"{file.Path} has a public type in a stage folder";

    /// <summary>Tags of happens-before pairs that stand at one end only.</summary>
    public static IEnumerable<string> UnpairedTags(IEnumerable<SourceFile> files) =>
        from tag in files.SelectMany(static file => OrderTag().Matches(file.Text)).GroupBy(static match => match.Value)
        where tag.Count() < 2
        select $"{tag.Key} stands at one end only";

    [GeneratedRegex(@"(?<![\w.])(?:Conveyor\.Fast\.)?(Admission|Commit|Dispatch|Execution|Flows|Jobs|Telemetry|Threading)(?:\.[A-Z]|;)")]
    private static partial Regex StageName();

    [GeneratedRegex(@"\b(?:Interlocked|Volatile)\s*(?:\.\s*\w+|;)|\bvolatile\b|\bThread\s*\.\s*(?:Volatile\w+|MemoryBarrier)")]
    private static partial Regex AtomicUse();

    [GeneratedRegex(@"\bThread\s*\.\s*Sleep\b|\bTask\s*\.\s*Delay\b|\basync\s+void\b")]
    private static partial Regex NeverUse();

    [GeneratedRegex(@"\bnew\s+Thread\s*\(|\bTask\s*\.\s*Run\b")]
    private static partial Regex ThreadUse();

    [GeneratedRegex(@"\bThread\s*\.\s*Sleep\s*\(|\bTask\s*\.\s*Delay\s*\(")]
    private static partial Regex SleepUse();

    [GeneratedRegex(@"HB-\d+")]
    private static partial Regex OrderTag();
}
