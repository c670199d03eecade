using Conveyor.Fast.Concurrency.Tests.Explorer;
using Conveyor.Fast.Concurrency.Tests.Explorer.Model;

namespace Conveyor.Fast;

/// <summary>The runtime's token source as the explorer builds it: firing and resetting are steps.</summary>
[Unwoven]
internal sealed class CancellationTokenSource : IDisposable
{
    private readonly nint _place = Places.Next();
    private readonly System.Threading.CancellationTokenSource _source = new();

    public CancellationToken Token => _source.Token;

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

    private void Begin(string member) => Agent.Current?.Take(StepKind.Change, _place, "a token source", member, "");
}
