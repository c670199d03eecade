using System.Text;
using Conveyor.Fast.Cli.Output;

namespace Conveyor.Fast.Cli.Running;

/// <summary>Reads a stream to its end and remembers its last line that is not blank, however much there is.</summary>
internal sealed class LastLine
{
    private const int MaxLineBytes = 2_048;

    private byte[] _line = [];
    private byte[] _open = [];

    /// <summary>The line as far as it fits, or null if the stream had none.</summary>
    public override string? ToString()
    {
        ReadOnlySpan<byte> line = IsBlank(_open) ? _line : _open;
        return IsBlank(line) ? null : OneLine.Of(Encoding.UTF8.GetString(line));
    }

    public async Task ReadAsync(Stream stream)
    {
        byte[] buffer = new byte[4_096];
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0)
        {
            Add(buffer.AsSpan(0, read));
        }
    }

    private void Add(ReadOnlySpan<byte> chunk)
    {
        int end;
        while ((end = chunk.IndexOfAny((byte)'\n', (byte)'\r')) >= 0)
        {
            Extend(chunk[..end]);
            if (!IsBlank(_open))
            {
                _line = _open;
            }

            _open = [];
            chunk = chunk[(end + 1)..];
        }

        Extend(chunk);
    }

    private void Extend(ReadOnlySpan<byte> part)
    {
        if (!part.IsEmpty && _open.Length < MaxLineBytes)
        {
            _open = [.. _open, .. part[..Math.Min(part.Length, MaxLineBytes - _open.Length)]];
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.Trim(" \t\r\n"u8).IsEmpty;
}
