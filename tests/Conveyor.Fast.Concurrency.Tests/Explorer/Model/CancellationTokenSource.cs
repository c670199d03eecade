using Conveyor.Fast.Concurrency.Tests.Explorer;
using Conveyor.Fast.Concurrency.Tests.Explorer.Model;

namespace Conveyor.Fast;

/// <summary>The runtime's token source as the explorer builds it: firing and resetting are steps.</summary>
[Unwoven]
internal sealed class CancellationTokenSource : IDisposable
{
    private readonly System.Threading.CancellationTokenSource _source = new();

    public CancellationToken Token => _source.Token;

    /// <summary>A source is a place, whoever has only its token; below those that are numbered.</summary>
    public static nint PlaceOf(CancellationToken token) => (nint)(-(1L << 40) - token.GetHashCode());

    public void Cancel()
    {
        Begin(nameof(Cancel));
        _source.Cancel();
    }

    public bool TryReset()
    {
        Begin(nameof(TryReset));
        return _source.TryReset();
    }

    public void Dispose() => _source.Dispose();

    private void Begin(string member) => Agent.Current?.Take(StepKind.Change, PlaceOf(Token), "a token source", member, "");
}
