using System.Runtime.CompilerServices;

namespace Conveyor.Fast.Jobs;

/// <summary>The mark for one type.</summary>
internal sealed class InlineValue<T> : InlineValue
{
    public static readonly InlineValue<T> Instance = new();

    public override Type Type => typeof(T);

    public override object? Box(long bits) => Unsafe.ReadUnaligned<T>(ref Unsafe.As<long, byte>(ref bits));
}
