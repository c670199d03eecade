namespace Conveyor.Fast.Tests.Dispatch;

public class ProcessExitTests
{
    [Theory]
    [InlineData("closed")]
    [InlineData("disposed")]
    [InlineData("left")]
    [Trait("Behaviour", "CLS-07")]
    public async Task Process_WithAStoreThatIsClosedDisposedOrLeft_ExitsByItself(string way)
    {
        Assert.Equal((0, LeavingProcess.LastWord), await LeavingProcess.RunAsync(way));
    }
}
