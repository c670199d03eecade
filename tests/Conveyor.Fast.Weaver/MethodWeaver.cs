using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Conveyor.Fast.Weaver;

/// <summary>
/// Rewrites the accesses of one method. Each becomes the address of what it touches and a call; the first instruction stays
/// the same object, so that branches to it still find it.
/// </summary>
internal sealed class MethodWeaver(MethodDefinition method, PlainSeam seam, SiteList sites)
{
    private readonly ILProcessor _body = method.Body.GetILProcessor();

    public void Weave()
    {
        Instruction[] all = [.. method.Body.Instructions];
        List<Action> edits = [];
        for (int i = 0; i < all.Length; i++)
        {
            // Decided before anything is changed, as what stands before an access tells what it works on.
            Action? edit = EditOf(all[i], all.AsSpan(0, i));
            if (edit is not null)
            {
                edits.Add(edit);
            }
        }

        edits.ForEach(static edit => edit());
    }

    private Action? EditOf(Instruction at, ReadOnlySpan<Instruction> before)
    {
        switch (at.OpCode.Code)
        {
            case Code.Volatile:
                throw new NotSupportedException($"{method.FullName} has a volatile access; shared fields go through Atomic.");
            case Code.Ldfld or Code.Stfld or Code.Ldsfld or Code.Stsfld:
                FieldReference field = (FieldReference)at.Operand;
                return SharedField.IsShared(field) && !(at.OpCode.Code == Code.Ldfld && Source.IsLocalOrValue(method, before)) ? () => ReplaceField(at, field) : null;
            case Code.Ldobj or Code.Stobj or Code.Initobj:
                TypeReference type = (TypeReference)at.Operand;
                return (at.OpCode.Code != Code.Stobj && Source.IsLocalOrValue(method, before)) ? null : () => ReplaceIndirect(at, type);
            default:
                if (PrimitiveAccess.ElementOf(at, method.Module) is { } element)
                {
                    return () => ReplaceElement(at, element);
                }

                return PrimitiveAccess.TargetOf(at, method.Module) is { } target && !(PrimitiveAccess.IsLoad(at) && Source.IsLocalOrValue(method, before))
                    ? () => ReplaceIndirect(at, target)
                    : null;
        }
    }

    private void ReplaceField(Instruction at, FieldReference field)
    {
        TypeReference type = Generic.TypeOf(field);
        int site = sites.Add($"{SiteList.NameOf(field.DeclaringType)}.{SharedField.NameOf(field)}", method);
        bool isStatic = at.OpCode.Code is Code.Ldsfld or Code.Stsfld;
        OpCode address = isStatic ? OpCodes.Ldsflda : OpCodes.Ldflda;
        if (at.OpCode.Code is Code.Ldfld or Code.Ldsfld)
        {
            at.OpCode = address;
            After(at, Number(site), _body.Create(OpCodes.Call, seam.Read(type)));
        }
        else
        {
            VariableDefinition value = Keep(at, type);
            After(at, _body.Create(address, field), _body.Create(OpCodes.Ldloc, value), Number(site), _body.Create(OpCodes.Call, seam.Write(type)));
        }
    }

    private void ReplaceElement(Instruction at, TypeReference type)
    {
        Instruction call = _body.Create(OpCodes.Call, PrimitiveAccess.IsLoad(at) ? seam.Read(type) : seam.Write(type));
        int site = SiteOf(type, "[]");
        Instruction address = _body.Create(OpCodes.Ldelema, type);
        if (PrimitiveAccess.IsLoad(at))
        {
            (at.OpCode, at.Operand) = (OpCodes.Readonly, null); // Without a check for the array's exact type.
            After(at, address, Number(site), call);
        }
        else
        {
            VariableDefinition value = Keep(at, type);
            After(at, _body.Create(OpCodes.Readonly), address, _body.Create(OpCodes.Ldloc, value), Number(site), call);
        }
    }

    private void ReplaceIndirect(Instruction at, TypeReference type)
    {
        MethodReference call = at.OpCode.Code == Code.Initobj ? seam.Clear(type) : PrimitiveAccess.IsLoad(at) ? seam.Read(type) : seam.Write(type);
        Instruction site = Number(SiteOf(type, "&"));
        (at.OpCode, at.Operand) = (site.OpCode, site.Operand);
        After(at, _body.Create(OpCodes.Call, call));
    }

    /// <summary>A place without a name of its own is named by the method that touches it.</summary>
    private int SiteOf(TypeReference type, string kind) =>
        sites.Add($"{SiteList.NameOf(method.DeclaringType)}.{method.Name}:{SiteList.NameOf(type)}{kind}", method);

    /// <summary>Puts the value that is to be stored aside.</summary>
    private VariableDefinition Keep(Instruction at, TypeReference type)
    {
        VariableDefinition value = new(type);
        method.Body.Variables.Add(value);
        (at.OpCode, at.Operand) = (OpCodes.Stloc, value);
        return value;
    }

    private Instruction Number(int site) => _body.Create(OpCodes.Ldc_I4, site);

    private void After(Instruction at, params ReadOnlySpan<Instruction> added)
    {
        foreach (Instruction next in added)
        {
            _body.InsertAfter(at, next);
            at = next;
        }
    }
}
