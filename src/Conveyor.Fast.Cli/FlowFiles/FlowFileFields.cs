namespace Conveyor.Fast.Cli.FlowFiles;

/// <summary>The fields of a job in a flow file.</summary>
[Flags]
internal enum FlowFileFields : byte
{
    None = 0,
    Name = 1,
    QueueName = 2,
    Data = 4,
    Options = 8,
    Children = 16,
}
