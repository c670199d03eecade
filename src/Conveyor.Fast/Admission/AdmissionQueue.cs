using Conveyor.Fast.Dispatch;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast.Admission;

/// <summary>One queue on the side of its producers.</summary>
internal sealed class AdmissionQueue(ReadyQueue ready, DefinitionCache definitions)
{
    public ReadyQueue Ready => ready;

    public QueueLedger Ledger => ready.Ledger;

    public DefinitionCache Definitions => definitions;
}
