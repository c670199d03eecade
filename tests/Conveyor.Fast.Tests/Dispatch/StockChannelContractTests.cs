using System.Threading.Channels;
using Conveyor.Fast.Dispatch;

namespace Conveyor.Fast.Tests.Dispatch;

/// <summary>The measure: what the suite asks for is what a stock channel does.</summary>
public sealed class StockChannelContractTests : ChannelContractTests
{
    internal override Channel<ReadyTicket> Make() => Channel.CreateUnbounded<ReadyTicket>();
}
