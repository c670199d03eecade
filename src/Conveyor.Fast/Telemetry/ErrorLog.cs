using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Conveyor.Fast.Telemetry;

/// <summary>Errors nobody listens for: to the store's logger, without one to standard error, once per kind and second.</summary>
internal sealed class ErrorLog(ILoggerFactory? loggerFactory, TimeProvider time)
{
    private static readonly Action<ILogger, string, Exception?> s_write =
        LoggerMessage.Define<string>(LogLevel.Error, new EventId(1, "UserCodeFailed"), "{Where} failed.");

    private readonly ILogger? _logger = loggerFactory?.CreateLogger("Conveyor.Fast");
    private readonly ConcurrentDictionary<(Type Kind, string Where), long> _lastWritten = new();

    /// <summary>Never throws: a logger, and the text of an exception, are user code too, and nobody is left to tell of what they throw.</summary>
    public void Write(Exception error, string where)
    {
        try
        {
            if (_logger is not null)
            {
                s_write(_logger, where, error);
            }
            else if (IsNews(error, where))
            {
                Console.Error.WriteLine($"Conveyor.Fast: {where}: {error}");
            }
        }
        catch (Exception thrown)
        {
            WriteKindsOnly(error, thrown, where);
        }
    }

    private void WriteKindsOnly(Exception error, Exception thrown, string where)
    {
        try
        {
            if (IsNews(thrown, where))
            {
                Console.Error.WriteLine($"Conveyor.Fast: {where}: {error.GetType()}, and writing it down failed: {thrown.GetType()}");
            }
        }
        catch (Exception)
        {
            // Standard error is gone as well.
        }
    }

    private bool IsNews(Exception error, string where)
    {
        (Type, string) kind = (error.GetType(), where);
        long now = time.GetTimestamp();
        if (_lastWritten.TryGetValue(kind, out long last) && time.GetElapsedTime(last, now) < TimeSpan.FromSeconds(1))
        {
            return false;
        }

        _lastWritten[kind] = now;
        return true;
    }
}
