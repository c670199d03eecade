using System.Collections;

namespace Conveyor.Fast.Tests.Support;

/// <summary>Events as lines that read "name: Previous to State", or "name: Type" for those that move no job.</summary>
internal sealed class HeardEvents : IReadOnlyList<string>, IDisposable
{
    private readonly List<string> _lines = [];
    private readonly IDisposable _subscription;

    public HeardEvents(JobEvents events, params ReadOnlySpan<JobEventType> types) => _subscription = events.Subscribe(Note, types);

    public int Count => _lines.Count;

    public string this[int index] => _lines[index];

    public IEnumerator<string> GetEnumerator() => _lines.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose() => _subscription.Dispose();

    private void Note(JobEvent heard) => _lines.Add(heard.Type.ToString() == heard.State.ToString()
        ? $"{heard.JobName}: {heard.PreviousState} to {heard.State}"
        : $"{heard.JobName}: {heard.Type}");
}
