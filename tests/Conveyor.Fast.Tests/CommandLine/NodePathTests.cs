using Conveyor.Fast.Cli.FlowFiles;

namespace Conveyor.Fast.Tests.CommandLine;

public sealed class NodePathTests
{
    [Fact]
    public void Of_FieldOfTheRoot_IsTheField() => Assert.Equal("opts.attempts", NodePath.Of(null, "opts.attempts"));

    [Fact]
    public void Of_DeepJob_NamesEveryLevel()
    {
        FlowFileNode deepest = FlowFileText.Read(FlowFileText.Chain(500)).Jobs[^1];

        Assert.Equal(499, NodePath.Of(deepest).Split('.').Length);
    }

    [Fact]
    public void Short_DeepJob_KeepsWholeSegmentsOfBothEnds()
    {
        FlowFileNode deepest = FlowFileText.Read(FlowFileText.Chain(500)).Jobs[^1];

        string path = NodePath.Short(deepest, "opts.attempts");

        Assert.StartsWith("children[0].children[0].", path);
        Assert.Contains("]. ... .children", path);
        Assert.EndsWith("children[0].opts.attempts", path);
        Assert.InRange(path.Length, 1, 180);
    }
}
