using System.Runtime.InteropServices;

namespace Conveyor.Fast.Cli;

/// <summary>Turns the signals that end a program into a token, once: the second one ends it the hard way.</summary>
internal sealed class InterruptSignals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _exitCode;

    public InterruptSignals()
    {
        _registrations =
        [
            Register(PosixSignal.SIGINT, ExitCodes.Interrupted),
            Register(PosixSignal.SIGTERM, exitCode: 143),
            Register(PosixSignal.SIGHUP, exitCode: 129),
        ];
    }

    public CancellationToken Token => _source.Token;

    /// <summary>The exit code to end with: that of the signal for a run that was interrupted.</summary>
    public int ExitCodeFor(int result) => result == ExitCodes.Interrupted && _exitCode != 0 ? _exitCode : result;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal, int exitCode) => PosixSignalRegistration.Create(signal, context =>
    {
        if (Interlocked.CompareExchange(ref _exitCode, exitCode, 0) == 0)
        {
            context.Cancel = true;
            _source.Cancel();
        }
    });
}
