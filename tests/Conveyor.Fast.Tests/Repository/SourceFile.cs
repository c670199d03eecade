using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Conveyor.Fast.Tests.Repository;

/// <summary>A file of the code base, by its path from the repository's root, or one made up to break a rule.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    private const string Library = "src/Conveyor.Fast/";

    /// <summary>The library's folder the file is in; empty for its root.</summary>
    public string Stage
    {
        get
        {
            string rest = Path[Library.Length..];
            int slash = rest.IndexOf('/', StringComparison.Ordinal);
            return slash < 0 ? "" : rest[..slash];
        }
    }

    public CompilationUnitSyntax Root => CSharpSyntaxTree.ParseText(Text).GetCompilationUnitRoot();

    /// <summary>The text without comments and without what stands in quotes.</summary>
    public string Code => string.Concat(Root.DescendantTokens().Select(static token =>
        string.Concat(token.LeadingTrivia.Where(IsBlank)) + (IsQuoted(token) ? "" : token.Text) + string.Concat(token.TrailingTrivia.Where(IsBlank))));

    public IEnumerable<MemberDeclarationSyntax> Types => Root.Members
        .SelectMany(static member => member is BaseNamespaceDeclarationSyntax space ? space.Members : [member])
        .Where(static member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    public static IReadOnlyList<SourceFile> OfLibrary() => Read(Library);

    public static IReadOnlyList<SourceFile> OfTests() => [.. Read("tests/Conveyor.Fast.Tests/"), .. Read("tests/Conveyor.Fast.Concurrency.Tests/")];

    private static SourceFile[] Read(string folder)
    {
        string root = FindRoot();
        SourceFile[] files =
        [
            .. from path in Directory.EnumerateFiles(System.IO.Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories)
               let relative = System.IO.Path.GetRelativePath(root, path).Replace('\\', '/')
               where !relative[folder.Length..].Split('/').Any(static part => part is "obj" or "bin")
               orderby relative
               select new SourceFile(relative, File.ReadAllText(path)),
        ];
        Assert.NotEmpty(files);
        return files;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Conveyor.Fast.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The tests run outside of the repository.");
    }

    private static bool IsQuoted(SyntaxToken token) => token.Kind() is SyntaxKind.StringLiteralToken or SyntaxKind.InterpolatedStringTextToken
        or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken;

    private static bool IsBlank(SyntaxTrivia trivia) =>
        trivia.IsKind(SyntaxKind.WhitespaceTrivia) || trivia.IsKind(SyntaxKind.EndOfLineTrivia);
}
