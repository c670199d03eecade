using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Conveyor.Fast.Tests.Repository;

/// <summary>What users write as a handler, given to the compiler: it must pick the overload that is meant, or refuse.</summary>
public class HandlerOverloadTests
{
    private const string NoValue = "Func<Job, CancellationToken, ValueTask>";
    private const string WithValue = "Func<Job, CancellationToken, ValueTask<object?>>";
    private const string Synchronous = "Func<Job, object?>";
    private static readonly MetadataReference[] s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "netstandard.dll" or "Conveyor.Fast.dll")
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    [Theory]
    [InlineData("Worker", "async (j, ct) => { await X(); }", NoValue)]
    [InlineData("Worker", "async (j, ct) => await X()", NoValue)]
    [InlineData("Worker", "(j, ct) => ValueTask.CompletedTask", NoValue)]
    [InlineData("Worker", "async (j, ct) => await LoadAsync(ct)", WithValue)]
    [InlineData("Worker", "async (j, ct) => new Sales(1)", WithValue)]
    [InlineData("Worker", "async (j, ct) => throw new Exception()", WithValue)]
    [InlineData("Worker", "(j, ct) => throw new Exception()", WithValue)]
    [InlineData("Worker", "(j, ct) => default", WithValue)]
    [InlineData("Worker", "job => { n++; return null; }", Synchronous)]
    [InlineData("Worker", "_ => throw new Exception()", Synchronous)]
    [InlineData("Worker<int>", "(j, d) => n++", "Action<Job, int>")]
    [InlineData("Worker<int>", "(j, d) => Console.WriteLine(d)", "Action<Job, int>")]
    [InlineData("Worker<int>", "async (j, d) => { await X(); }", "Func<Job, int, Task>")]
    [InlineData("Worker<int>", "async (j, d) => await LoadAsync(default)", "Func<Job, int, Task>")]
    [InlineData("Worker<int>", "(j, d) => X()", "Func<Job, int, Task>")]
    [InlineData("Worker<int>", "(_, _) => throw new Exception()", "Func<Job, int, Task>")]
    [InlineData("Worker<int>", "(j, d) => ValueTask.CompletedTask", "Func<Job, int, ValueTask>")]
    [InlineData("Worker<int, int>", "(j, d) => d + 1", "Func<Job, int, int>")]
    [InlineData("Worker<int, int>", "(_, _) => throw new Exception()", "Func<Job, int, int>")]
    [InlineData("Worker<int, int>", "async (j, d, ct) => { await X(); return 1; }", "Func<Job, int, CancellationToken, ValueTask<int>>")]
    public void Handler_OfAShapeThatIsMeant_PicksItsOverload(string worker, string handler, string expected)
    {
        (string? picked, string errors) = Compile(worker, handler);
        Assert.True(errors.Length == 0, errors);
        Assert.Equal(expected, picked);
    }

    [Theory]
    [InlineData("Worker", "async job => { await X(); }")]
    [InlineData("Worker", "job => { n++; }")]
    [InlineData("Worker", "(j, ct) => LoadAsync(ct)")]
    [InlineData("Worker<int, int>", "async (j, d) => 1")]
    [InlineData("Worker<int, int>", "(j, d) => LoadAsync(default)")]
    public void Handler_OfAShapeThatWouldGoWrong_DoesNotCompile(string worker, string handler)
    {
        (_, string errors) = Compile(worker, handler);
        Assert.NotEmpty(errors);
    }

    private static (string? Picked, string Errors) Compile(string worker, string handler)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(
            $$"""
            #nullable enable
            using System;
            using System.Threading;
            using System.Threading.Tasks;
            using Conveyor.Fast;

            internal sealed record Sales(int Count);

            internal static class Probe
            {
                private static int n;
                private static Task X() => Task.CompletedTask;
                private static Task<Sales> LoadAsync(CancellationToken token) => Task.FromResult(new Sales(n));
                public static object Make(JobStore store) => new {{worker}}(store, "q", {{handler}});
            }
            """,
            new CSharpParseOptions(LanguageVersion.Latest),
            cancellationToken: TestContext.Current.CancellationToken);
        CSharpCompilation compilation = CSharpCompilation.Create("Probe", [tree], s_references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        string errors = string.Join(Environment.NewLine, compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(static found => found.Severity == DiagnosticSeverity.Error));
        ObjectCreationExpressionSyntax creation = tree.GetRoot(TestContext.Current.CancellationToken).DescendantNodes().OfType<ObjectCreationExpressionSyntax>().Single(node => node.ArgumentList?.Arguments.Count == 3);
        IMethodSymbol? constructor = compilation.GetSemanticModel(tree).GetSymbolInfo(creation, TestContext.Current.CancellationToken).Symbol as IMethodSymbol;
        return (constructor?.Parameters[2].Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat), errors);
    }
}
