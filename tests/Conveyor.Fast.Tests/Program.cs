using Conveyor.Fast.Tests.Dispatch;
using Xunit.Runner.InProc.SystemConsole;

namespace Conveyor.Fast.Tests;

/// <summary>Runs the tests, or is the process of one of them.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        if (arguments is [LeavingProcess.Command, var way])
        {
            await LeavingProcess.MainAsync(way);
            return 0;
        }

        return await ConsoleRunner.Run(arguments);
    }
}
