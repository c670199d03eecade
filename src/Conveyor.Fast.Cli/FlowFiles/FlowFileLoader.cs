using System.Text.Unicode;

namespace Conveyor.Fast.Cli.FlowFiles;

/// <summary>Brings a flow file from the disk.</summary>
internal static class FlowFileLoader
{
    /// <exception cref="FlowFileException">There is no such file, it cannot be read, or it is no flow file.</exception>
    public static async Task<FlowFile> LoadAsync(string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
        {
            throw new FlowFileException("", "is a directory, not a flow file");
        }

        ReadOnlyMemory<byte> text;
        try
        {
            text = await ReadAsync(path, cancellationToken);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FlowFileException("", "there is no such file");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new FlowFileException("", $"cannot be read: {exception.Message}");
        }

        if (text.Span.StartsWith("\uFEFF"u8))
        {
            text = text["\uFEFF"u8.Length..];
        }

        return Utf8.IsValid(text.Span) ? FlowFileReader.Read(text) : throw new FlowFileException("", "is not text in UTF-8");
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        byte[] buffer = new byte[file.CanSeek ? Math.Clamp(file.Length + 1, 4096, FlowFileLimits.MaxFileBytes + 1L) : 65_536];
        int length = 0;

        // Counts what it reads: devices and pipes have no length, and some never end.
        while (true)
        {
            int read = await file.ReadAsync(buffer.AsMemory(length), cancellationToken);
            length += read;
            if (length > FlowFileLimits.MaxFileBytes)
            {
                throw new FlowFileException("", $"is larger than {FlowFileLimits.MaxFileBytes:N0} bytes");
            }

            if (read == 0)
            {
                return buffer.AsMemory(0, length);
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(2L * length, FlowFileLimits.MaxFileBytes + 1L));
            }
        }
    }
}
