namespace Conveyor.Fast.Cli;

/// <summary>What the command line ends with.</summary>
internal static class ExitCodes
{
    public const int Completed = 0;

    /// <summary>The root failed, was canceled, or was removed by its policy.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the flow file is wrong; nothing was run.</summary>
    public const int BadInput = 2;

    /// <summary>128 and the number of the interrupt signal, as shells have it.</summary>
    public const int Interrupted = 130;
}
