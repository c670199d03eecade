using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Conveyor.Fast.Weaver;

/// <summary>What a load works on, told by the instructions before it.</summary>
internal static class Source
{
    /// <summary>Whether a load works on a local of the method, or on a struct that has been copied already.</summary>
    /// <param name="method">The method.</param>
    /// <param name="before">Its instructions up to the load.</param>
    public static bool IsLocalOrValue(MethodDefinition method, ReadOnlySpan<Instruction> before)
    {
        Instruction source = Top(before);
        return source.OpCode.Code switch
        {
            Code.Ldloca or Code.Ldarga => true,
            Code.Ldloc => IsValue(((VariableDefinition)source.Operand).VariableType),
            Code.Ldarg => source.Operand != method.Body.ThisParameter && IsValue(((ParameterDefinition)source.Operand).ParameterType),
            Code.Call or Code.Callvirt => IsValue(Generic.ReturnOf((MethodReference)source.Operand)),
            Code.Newobj => IsValue(((MethodReference)source.Operand).DeclaringType),
            Code.Ldfld or Code.Ldsfld => IsValue(Generic.TypeOf((FieldReference)source.Operand)),
            Code.Ldobj or Code.Ldelem_Any or Code.Unbox_Any => IsValue((TypeReference)source.Operand),
            _ => false,
        };
    }

    /// <summary>The instruction that put there what is on top of the stack.</summary>
    private static Instruction Top(ReadOnlySpan<Instruction> before)
    {
        int above = 0;
        for (int i = before.Length - 1; i >= 0; i--)
        {
            Instruction at = before[i];
            if (at.OpCode.Code == Code.Br)
            {
                i = BranchTo(before[i + 1], before[..i]);
                at = before[i];
            }

            int pushes = StackEffect.Pushes(at);
            if (pushes <= above)
            {
                above += StackEffect.Pops(at) - pushes;
            }
            else if (at.OpCode.Code == Code.Dup)
            {
                above = 0; // Either is what it copies.
            }
            else
            {
                return at;
            }
        }

        throw new NotSupportedException($"What is on the stack after {before[^1]} is not known.");
    }

    /// <summary>Who branches to a place that the instruction before it does not lead to: the other half of a condition.</summary>
    private static int BranchTo(Instruction place, ReadOnlySpan<Instruction> before)
    {
        for (int i = before.Length - 1; i >= 0; i--)
        {
            if (before[i].Operand == place)
            {
                return i;
            }
        }

        throw new NotSupportedException($"Nothing before {place} leads to it.");
    }

    private static bool IsValue(TypeReference type) => type is not (ByReferenceType or PointerType) && type.IsValueType;
}
