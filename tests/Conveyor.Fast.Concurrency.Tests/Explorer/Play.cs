namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>One execution's threads and what is asked when they have ended.</summary>
internal sealed class Play
{
    private readonly List<(string Name, Action Body)> _threads = [];
    private readonly List<Action> _checks = [];
    private Action? _lastCheck;

    public IReadOnlyList<(string Name, Action Body)> Threads => _threads;

    public void Thread(string name, Action body) => _threads.Add((name, body));

    /// <summary>Runs when all threads have ended and all their stores are visible.</summary>
    public void Afterwards(Action check) => _checks.Add(check);

    /// <summary>Runs after all other checks, since it changes what they look at.</summary>
    public void AtLast(Action check) => _lastCheck = check;

    /// <summary>What does not hold; null if all does.</summary>
    public string? Check()
    {
        try
        {
            _checks.ForEach(static check => check());
            _lastCheck?.Invoke();
            return null;
        }
        catch (Exception error)
        {
            return error.Message;
        }
    }
}
