using Conveyor.Fast.Weaver;
using Mono.Cecil;

using ModuleDefinition module = ModuleDefinition.ReadModule(args[0], new ReaderParameters { ReadSymbols = true });
ModuleWeaver.Weave(module);
module.Write(args[1], new WriterParameters { WriteSymbols = true });
