namespace Conveyor.Fast.Concurrency.Tests.Fuzz;

/// <summary>Draws what a program needs from its bytes; where they have run out, zeros follow.</summary>
internal sealed class ByteSource(byte[] bytes)
{
    private int _position;

    public bool IsAtEnd => _position >= bytes.Length;

    public byte Next() => IsAtEnd ? (byte)0 : bytes[_position++];

    /// <summary>From 0 to below the bound.</summary>
    public int Next(int bound) => Next() % bound;

    public bool NextBool() => Next(2) != 0;

    public long NextInt64()
    {
        long value = 0;
        for (int i = 0; i < sizeof(long); i++)
        {
            value = value << 8 | Next();
        }

        return value;
    }

    public T Pick<T>(IReadOnlyList<T> values) => values[Next(values.Count)];
}
