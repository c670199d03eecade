using Xunit.Runner.InProc.SystemConsole;

namespace Conveyor.Fast.Concurrency.Tests.Defects.OnThreads;

/// <summary>Runs the tests, or fills the table of kills: <c>table SECONDS [DEFECT ...]</c>.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["table", var seconds, .. var defects]:
                await KillTable.FillAsync(int.Parse(seconds), defects);
                return 0;
            case [Cell.Command, var defect, var technique]:
                Cell.Play(defect, technique);
                return 0;
            default:
                return await ConsoleRunner.Run(arguments);
        }
    }
}
