using System.Threading.Channels;
using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Admission;

/// <summary>One queue on the producers' side.</summary>
internal sealed class AdmissionQueue(ReadyQueue ready, DefinitionCache definitions, JobAdmission jobs)
{
    public ReadyQueue Ready { get; } = ready;

    public ChannelWriter<ReadyTicket> Writer { get; } = ready.Writer;

    public QueueLedger Ledger { get; } = ready.Ledger;

    public DefinitionCache Definitions { get; } = definitions;

    public JobAdmission Jobs { get; } = jobs;

    /// <summary>Calls that may still be refused, and subscribers. Under the registry's lock.</summary>
    public int Claims { get; set; }
}
