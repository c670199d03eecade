using Mono.Cecil;

namespace Conveyor.Fast.Weaver;

/// <summary>The methods that take the place of a plain access, made for the accessed type.</summary>
internal sealed class PlainSeam(TypeDefinition type)
{
    private readonly MethodDefinition _read = type.Methods.Single(static method => method.Name == "Read");
    private readonly MethodDefinition _write = type.Methods.Single(static method => method.Name == "Write");
    private readonly MethodDefinition _clear = type.Methods.Single(static method => method.Name == "Clear");

    public MethodReference Read(TypeReference of) => For(_read, of);

    public MethodReference Write(TypeReference of) => For(_write, of);

    public MethodReference Clear(TypeReference of) => For(_clear, of);

    private static GenericInstanceMethod For(MethodDefinition method, TypeReference of) => new(method) { GenericArguments = { of } };
}
