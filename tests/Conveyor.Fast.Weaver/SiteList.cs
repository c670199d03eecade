using System.Text;
using Mono.Cecil;

namespace Conveyor.Fast.Weaver;

/// <summary>Where the woven accesses stand and what they touch, a line each, in the order of their numbers.</summary>
internal sealed class SiteList
{
    private readonly StringBuilder _lines = new();
    private int _count;

    public int Add(string field, MethodDefinition method)
    {
        _lines.Append(field).Append('\t').Append(NameOf(method.DeclaringType)).Append('\t').Append(method.Name).Append('\n');
        return _count++;
    }

    /// <summary>A type's own name, without its arity.</summary>
    public static string NameOf(TypeReference type) => type.Name.Split('`')[0];

    public override string ToString() => _lines.ToString();
}
