using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Conveyor.Fast.Weaver;

/// <summary>The accesses by address and by index whose type is in the instruction itself.</summary>
internal static class PrimitiveAccess
{
    public static bool IsLoad(Instruction at) => at.OpCode.Name.StartsWith("ld", StringComparison.Ordinal);

    /// <summary>The element's type, if the instruction loads or stores one.</summary>
    public static TypeReference? ElementOf(Instruction at, ModuleDefinition module) => at.OpCode.Code switch
    {
        Code.Ldelem_Any or Code.Stelem_Any => (TypeReference)at.Operand,
        _ => Of(at, ["ldelem.", "stelem."], module.TypeSystem),
    };

    /// <summary>What an address points to, if the instruction loads or stores through one.</summary>
    public static TypeReference? TargetOf(Instruction at, ModuleDefinition module) => Of(at, ["ldind.", "stind."], module.TypeSystem);

    private static TypeReference? Of(Instruction at, string[] families, TypeSystem types)
    {
        string name = at.OpCode.Name;
        if (!Array.Exists(families, name.StartsWith))
        {
            return null;
        }

        return name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..] switch
        {
            "i1" => types.SByte,
            "u1" => types.Byte,
            "i2" => types.Int16,
            "u2" => types.UInt16,
            "i4" => types.Int32,
            "u4" => types.UInt32,
            "i8" => types.Int64,
            "r4" => types.Single,
            "r8" => types.Double,
            "i" => types.IntPtr,
            "ref" => types.Object,
            _ => throw new NotSupportedException($"No access is known by the name {name}."),
        };
    }
}
