namespace Conveyor.Fast;

/// <summary>What an idle loop does before it sleeps. Never more loops of a process spin than it has cores to spare.</summary>
public enum WaitStrategy
{
    /// <summary>Spins shortly, yields shortly, then parks.</summary>
    Default,

    /// <summary>Spins: the shortest wake-up, one core per idle loop.</summary>
    Spin,

    /// <summary>Yields its time slice again and again.</summary>
    Yield,

    /// <summary>Parks at once: no idle cost.</summary>
    Park,
}
