using System.Text;
using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace Conveyor.Fast.Weaver;

/// <summary>
/// Sends every plain access of the library's code to memory that threads may share through the explorer's seam. What the
/// tests and the models do is left alone.
/// </summary>
internal static class ModuleWeaver
{
    private const string Library = "Conveyor.Fast";
    private const string Explorer = "Conveyor.Fast.Concurrency.Tests";
    private const string TestSupport = "Conveyor.Fast.Tests";
    private const string Seam = "Conveyor.Fast.Concurrency.Tests.Explorer.Model.Plain";
    private const string LeftAlone = "Conveyor.Fast.Concurrency.Tests.Explorer.Model.UnwovenAttribute";

    public static void Weave(ModuleDefinition module)
    {
        PlainSeam seam = new(module.GetType(Seam));
        SiteList sites = new();
        foreach (MethodDefinition method in module.GetTypes().Where(IsOfLibrary).SelectMany(static type => type.Methods).Where(static method => method.HasBody))
        {
            method.Body.SimplifyMacros();
            new MethodWeaver(method, seam, sites).Weave();
            method.Body.OptimizeMacros();
        }

        module.Resources.Add(new EmbeddedResource("Sites.txt", ManifestResourceAttributes.Private, Encoding.UTF8.GetBytes(sites.ToString())));
    }

    private static bool IsOfLibrary(TypeDefinition type)
    {
        for (; type.DeclaringType is not null; type = type.DeclaringType)
        {
        }

        return IsIn(type, Library) && !IsIn(type, Explorer) && !IsIn(type, TestSupport)
            && !type.CustomAttributes.Any(static attribute => attribute.AttributeType.FullName == LeftAlone);
    }

    private static bool IsIn(TypeDefinition type, string name) => type.Namespace == name || type.Namespace.StartsWith(name + ".", StringComparison.Ordinal);
}
