namespace Conveyor.Fast.Concurrency.Tests.Explorer.Model;

/// <summary>Numbers the modelled objects, so that a lock or a collection is one place; below every address.</summary>
internal static class Places
{
    private static long s_last;

    public static nint Next() => (nint)(-Interlocked.Increment(ref s_last));
}
