using Conveyor.Fast.Concurrency.Tests.Explorer;
using Conveyor.Fast.Concurrency.Tests.Explorer.Model;

namespace Conveyor.Fast;

/// <summary>The runtime's thread as the explorer builds it: the short waits are steps, a started thread is nobody's scenario.</summary>
[Unwoven]
internal sealed class Thread(ThreadStart body)
{
    private readonly System.Threading.Thread _thread = new(body);

    public bool IsBackground
    {
        get => _thread.IsBackground;
        init => _thread.IsBackground = value;
    }

    public string? Name
    {
        get => _thread.Name;
        init => _thread.Name = value;
    }

    public void UnsafeStart() => _thread.UnsafeStart();

    public static void SpinWait(int iterations)
    {
        _ = iterations; // A turn is a turn.
        Spin(StepKind.Pause);
    }

    public static void Yield() => Spin(StepKind.Pause);

    public static void Spin(StepKind kind)
    {
        if (Agent.Current is { } agent)
        {
            agent.Take(kind, 0, "a turn of a spin", nameof(SpinWait), "");
        }
        else
        {
            System.Threading.Thread.Yield();
        }
    }
}
