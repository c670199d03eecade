namespace Conveyor.Fast.Benchmarks;

/// <summary>The flow of 1 + 10 that the benchmarks run.</summary>
internal static class BenchmarkFlow
{
    public const int Children = 10;
    public const string Queue = "flows";

    public static FlowJob Build()
    {
        var children = new FlowJob[Children];
        for (int i = 0; i < children.Length; i++)
        {
            children[i] = new FlowJob("child", Queue);
        }

        return new FlowJob("parent", Queue) { Children = children };
    }
}
