using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Conveyor.Fast.Weaver;

/// <summary>How many values an instruction takes off the stack and puts on it.</summary>
internal static class StackEffect
{
    public static int Pushes(Instruction at) => at.OpCode.StackBehaviourPush switch
    {
        StackBehaviour.Push0 => 0,
        StackBehaviour.Push1_push1 => 2,
        StackBehaviour.Varpush => ((IMethodSignature)at.Operand).ReturnType.MetadataType == MetadataType.Void ? 0 : 1,
        _ => 1,
    };

    public static int Pops(Instruction at)
    {
        switch (at.OpCode.StackBehaviourPop)
        {
            case StackBehaviour.Pop0:
                return 0;
            case StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref:
                return 1;
            case StackBehaviour.Pop1_pop1 or StackBehaviour.Popi_pop1 or StackBehaviour.Popi_popi or StackBehaviour.Popi_popi8 or StackBehaviour.Popi_popr4
                or StackBehaviour.Popi_popr8 or StackBehaviour.Popref_pop1 or StackBehaviour.Popref_popi:
                return 2;
            case StackBehaviour.Varpop when at.Operand is IMethodSignature called:
                return called.Parameters.Count + (called.HasThis && at.OpCode.Code != Code.Newobj ? 1 : 0);
            case StackBehaviour.Varpop or StackBehaviour.PopAll:
                throw new NotSupportedException($"The stack before {at} is not known.");
            default:
                return 3;
        }
    }
}
