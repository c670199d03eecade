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

    public void Write(Exception error, string where)
    {
        try
        {
            WriteDown(error, where);
        }
        catch (Exception)
        {
            // The error's text and the logger are user code, standard error may be gone: nobody is left to be told.
        }
    }

    private void WriteDown(Exception error, string where)
    {
        if (_logger is not null)
        {
            s_write(_logger, where, error);
            return;
        }

        (Type, string) kind = (error.GetType(), where);
        long now = time.GetTimestamp();
        if (_lastWritten.TryGetValue(kind, out long last) && time.GetElapsedTime(last, now) < TimeSpan.FromSeconds(1))
        {
            return;
        }

        _lastWritten[kind] = now;
        Console.Error.WriteLine($"Conveyor.Fast: {where}: {error}");
    }
}
