using Mono.Cecil;

namespace Conveyor.Fast.Weaver;

/// <summary>Reads an assembly and writes the woven one.</summary>
internal static class Program
{
    public static void Main(string[] args)
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(args[0], new ReaderParameters { ReadSymbols = true });
        ModuleWeaver.Weave(module);
        module.Write(args[1], new WriterParameters { WriteSymbols = true });
    }
}
