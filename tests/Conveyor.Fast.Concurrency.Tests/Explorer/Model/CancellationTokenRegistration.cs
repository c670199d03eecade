using Conveyor.Fast.Concurrency.Tests.Explorer;
using Conveyor.Fast.Concurrency.Tests.Explorer.Model;

namespace Conveyor.Fast;

/// <summary>The runtime's registration as the explorer builds it: calling it off is a step at the place of the token's source.</summary>
[Unwoven]
internal readonly struct CancellationTokenRegistration(System.Threading.CancellationTokenRegistration registration) : IDisposable
{
    public CancellationToken Token => registration.Token;

    public static implicit operator CancellationTokenRegistration(System.Threading.CancellationTokenRegistration registration) => new(registration);

    public bool Unregister()
    {
        Begin(nameof(Unregister));
        return registration.Unregister();
    }

    public void Dispose()
    {
        Begin(nameof(Dispose));
        registration.Dispose();
    }

    private void Begin(string member)
    {
        if (Token.CanBeCanceled)
        {
            Agent.Current?.Take(StepKind.Change, CancellationTokenSource.PlaceOf(Token), "a token source", member, "");
        }
    }
}
