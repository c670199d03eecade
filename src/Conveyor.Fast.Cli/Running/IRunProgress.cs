namespace Conveyor.Fast.Cli.Running;

/// <summary>Is told what happens while a flow runs. Calls come from any thread, one at a time, and must be short.</summary>
internal interface IRunProgress
{
    /// <summary>An attempt failed and another one will follow.</summary>
    void Retrying(NodeRun run);

    void Ended(NodeRun run);
}
