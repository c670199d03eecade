using System.Runtime.CompilerServices;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// A payload or a result: a reference, or a struct without a box of its own. Structs of up to eight bytes without
/// references lie in the job's details, marked by a shared object that knows their type; larger ones in a pooled box.
/// </summary>
internal static class ValueCell
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(ref object? cell, ref long bits, T value, TypedPools pools)
    {
        if (!typeof(T).IsValueType)
        {
            if (value is not null || cell is not null)
            {
                cell = value;
            }
        }
        else if (FitsInline<T>())
        {
            Unsafe.WriteUnaligned(ref Unsafe.As<long, byte>(ref bits), value);
            if (!ReferenceEquals(cell, InlineValue<T>.Instance))
            {
                cell = InlineValue<T>.Instance;
            }
        }
        else
        {
            ValueBox<T> box = pools.Get<ValueBoxPool<T>>().Get();
            box.Value = value;
            cell = box;
        }
    }

    /// <summary>Reads a value as a type; false if it is of another one. Null is a value of every reference type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryLoad<T>(object? cell, long bits, out T? value)
    {
        if (typeof(T).IsValueType && FitsInline<T>() && ReferenceEquals(cell, InlineValue<T>.Instance))
        {
            value = Unsafe.ReadUnaligned<T>(ref Unsafe.As<long, byte>(ref bits));
            return true;
        }

        return TryLoadSlow(cell, bits, out value);
    }

    /// <summary>The value as an object, boxing a struct.</summary>
    public static object? Load(object? cell, long bits) => cell switch
    {
        InlineValue inline => inline.Box(bits),
        ValueBox box => box.Boxed,
        _ => cell,
    };

    public static Type? TypeOf(object? cell) => cell switch
    {
        InlineValue inline => inline.Type,
        ValueBox box => box.Type,
        _ => cell?.GetType(),
    };

    /// <summary>A cell that stays readable after the job's slot is given back.</summary>
    public static object? Detach(object? cell) => cell is ValueBox box ? box.Boxed : cell;

    private static bool TryLoadSlow<T>(object? cell, long bits, out T? value)
    {
        if (cell is ValueBox<T> box)
        {
            value = box.Value;
            return true;
        }

        object? loaded = Load(cell, bits);
        if (loaded is T typed)
        {
            value = typed;
            return true;
        }

        value = default;
        return loaded is null && default(T) is null;
    }

    private static bool FitsInline<T>() => !RuntimeHelpers.IsReferenceOrContainsReferences<T>() && Unsafe.SizeOf<T>() <= sizeof(long);
}
