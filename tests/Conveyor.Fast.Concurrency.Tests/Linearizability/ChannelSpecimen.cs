using Conveyor.Fast.Dispatch;

namespace Conveyor.Fast.Concurrency.Tests.Linearizability;

/// <summary>
/// The priority channel with one reader, for which its order is promised. The model is the tickets in order, as text of
/// one character each: their number tells the priority.
/// </summary>
internal sealed class ChannelSpecimen : Specimen<string>
{
    private const int Read = 0;
    private const int Write = 1;
    private static readonly int[] s_priorities = [0, 5, 100, -1];
    private ReadyChannel _channel = new();
    private int _written;

    public override string Begin(Random random)
    {
        _channel = new ReadyChannel();
        _written = 0;
        string model = "";
        for (int i = random.Next(3); i > 0; i--)
        {
            Call call = new(Write, Number(random));
            Perform(call, 0);
            TryApply(model, call, out model);
        }

        return model;
    }

    /// <summary>Thread 0 reads and writes, thread 1 writes.</summary>
    public override Call Choose(Random random, int thread) => thread == 0 && random.Next(3) != 0 ? new Call(Read, 0) : new Call(Write, Number(random));

    public override long Perform(Call call, int thread)
    {
        if (call.Kind == Write)
        {
            return _channel.Writer.TryWrite(new ReadyTicket(call.Argument, s_priorities[call.Argument % s_priorities.Length], ToFront: false)) ? 1 : 0;
        }

        return _channel.Reader.TryRead(out ReadyTicket item) ? item.Ticket : -1;
    }

    public override bool TryApply(string model, in Call call, out string after)
    {
        if (call.Kind == Write)
        {
            int priority = PriorityOf((char)call.Argument);
            int place = 0;
            while (place < model.Length && PriorityOf(model[place]) <= priority)
            {
                place++;
            }

            after = model.Insert(place, ((char)call.Argument).ToString());
            return true;
        }

        after = model.Length == 0 ? model : model[1..];
        return call.Answer == (model.Length == 0 ? -1 : model[0]);
    }

    private static int PriorityOf(char number) => s_priorities[number % s_priorities.Length];

    private int Number(Random random) => s_priorities.Length * (16 + _written++) + random.Next(s_priorities.Length);
}
