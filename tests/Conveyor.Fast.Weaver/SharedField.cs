using System.Runtime.CompilerServices;
using Mono.Cecil;

namespace Conveyor.Fast.Weaver;

/// <summary>Which fields threads may share.</summary>
internal static class SharedField
{
    private const string Backing = ">k__BackingField";

    /// <summary>
    /// Not: what only a constructor writes (but a struct's fields change with the place it lies in), what each thread has of
    /// its own, what the compiler makes for a lambda or an async method, and what lies on a stack in any case.
    /// </summary>
    public static bool IsShared(FieldReference field)
    {
        if (field.DeclaringType.GetElementType() is not TypeDefinition owner)
        {
            return field.DeclaringType is GenericInstanceType { IsValueType: true }; // A tuple, say.
        }

        FieldDefinition definition = field.Resolve();
        return !(definition.IsInitOnly && (definition.IsStatic || !owner.IsValueType))
            && !Has(definition, nameof(ThreadStaticAttribute))
            && !Has(owner, nameof(CompilerGeneratedAttribute))
            && !Has(owner, nameof(IsByRefLikeAttribute));
    }

    /// <summary>The field's name, or that of the property it is made for.</summary>
    public static string NameOf(FieldReference field) => field.Name.EndsWith(Backing, StringComparison.Ordinal) ? field.Name[1..^Backing.Length] : field.Name;

    private static bool Has(ICustomAttributeProvider provider, string attribute) =>
        provider.HasCustomAttributes && provider.CustomAttributes.Any(found => found.AttributeType.Name == attribute);
}
