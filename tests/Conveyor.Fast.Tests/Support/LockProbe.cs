using System.Reflection;

namespace Conveyor.Fast.Tests.Support;

/// <summary>Finds every lock of a store by walking its objects, and says which of them the calling thread holds.</summary>
internal static class LockProbe
{
    private static readonly Assembly s_library = typeof(JobStore).Assembly;

    public static IReadOnlyList<string> HeldBy(JobStore store) => [.. Locks(store).Where(static found => found.Lock.IsHeldByCurrentThread).Select(static found => found.Where)];

    public static IEnumerable<(string Where, Lock Lock)> Locks(JobStore store)
    {
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance) { store };
        Stack<object> open = new([store]);
        while (open.TryPop(out object? holder))
        {
            foreach ((string name, object value) in PartsOf(holder))
            {
                if (!seen.Add(value))
                {
                    continue;
                }

                if (value is Lock found)
                {
                    yield return (name, found);
                }
                else if (IsWalked(value.GetType()))
                {
                    open.Push(value);
                }
            }
        }
    }

    private static IEnumerable<(string Name, object Value)> PartsOf(object holder)
    {
        if (holder is Array array)
        {
            return array.Cast<object?>().OfType<object>().Select(static item => ("item", item));
        }

        return FieldsOf(holder.GetType())
            .Where(static field => !field.FieldType.IsPrimitive && !field.FieldType.IsPointer && !field.FieldType.IsByRefLike)
            .Select(field => (Name: $"{field.DeclaringType!.Name}.{field.Name}", Value: field.GetValue(holder)))
            .Where(static part => part.Value is not null)
            .Select(static part => (part.Name, part.Value!));
    }

    private static IEnumerable<FieldInfo> FieldsOf(Type? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                yield return field;
            }
        }
    }

    /// <summary>The library's own objects and what keeps them together, the slots' references among them.</summary>
    private static bool IsWalked(Type type)
    {
        if (type.IsArray)
        {
            Type item = type.GetElementType()!;
            return item == typeof(Array) || item == typeof(object) || (IsWalked(item) && (!item.IsValueType || IsCollection(item)));
        }

        return (type.Assembly == s_library && !typeof(Delegate).IsAssignableFrom(type)) || IsCollection(type);
    }

    private static bool IsCollection(Type type) =>
        (type.Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) ?? false) && !type.Name.Contains("Comparer", StringComparison.Ordinal);
}
