using Mono.Cecil;

namespace Conveyor.Fast.Weaver;

/// <summary>What a member's type is where the member is used: with arguments in place of the parameters of its owner and its own.</summary>
internal static class Generic
{
    public static TypeReference TypeOf(FieldReference field) => With(field.FieldType, field.DeclaringType as GenericInstanceType, null);

    public static TypeReference ReturnOf(MethodReference method) => With(method.ReturnType, method.DeclaringType as GenericInstanceType, method as GenericInstanceMethod);

    private static TypeReference With(TypeReference type, GenericInstanceType? owner, GenericInstanceMethod? method)
    {
        switch (type)
        {
            case GenericParameter { Type: GenericParameterType.Type } parameter when owner is not null:
                return owner.GenericArguments[parameter.Position];
            case GenericParameter { Type: GenericParameterType.Method } parameter when method is not null:
                return method.GenericArguments[parameter.Position];
            case ArrayType array:
                return new ArrayType(With(array.ElementType, owner, method), array.Rank);
            case GenericInstanceType generic:
                GenericInstanceType instance = new(generic.ElementType);
                foreach (TypeReference argument in generic.GenericArguments)
                {
                    instance.GenericArguments.Add(With(argument, owner, method));
                }

                return instance;
            default:
                return type;
        }
    }
}
