using System.Text;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Jobs;

/// <summary>
/// What a job's result cell says when the job did not complete: the handler's exception, a reason as text, a
/// <see cref="CancelReason"/>, or, with <see cref="StateWord.FailedByChild"/>, the cause that came up from below.
/// The text is made when it is read.
/// </summary>
internal static class Failure
{
    private const int DeepestPath = 16;

    public static string? Describe(JobTable table, long word, object? cell, long bits)
    {
        if (!StateWord.Has(word, StateWord.FailedByChild))
        {
            return TextOf(cell);
        }

        StringBuilder text = new();
        for (int depth = 0; depth < DeepestPath; depth++)
        {
            JobId child = new(bits);
            int slot = StateWord.SlotOf(bits);
            if (!table.IsSlot(slot))
            {
                break;
            }

            ref JobRecord record = ref table.Record(slot);
            ref JobReferences references = ref table.References(slot);
            JobDefinition? definition = references.Definition;
            long childWord = Atomic.Read(ref record.Word);
            long childBits = table.Details(slot).ResultBits;
            Atomic.ReadBarrier();
            bool known = definition is not null && Atomic.Read(ref record.Id) == child.ToInt64();
            text.Append(depth == 0 ? "child " : ": child ").Append(known ? $"'{definition!.Name}' ({child})" : $"({child})");
            bool canceled = cell is CancelReason && !(known && StateWord.Has(childWord, StateWord.FailedByChild));
            text.Append(canceled ? " was canceled" : " failed");
            if (!known || !StateWord.Has(childWord, StateWord.FailedByChild))
            {
                break;
            }

            bits = childBits;
        }

        string? origin = cell is CancelReason { Text: var why } ? why : TextOf(cell);
        return origin is null ? text.ToString() : text.Append(": ").Append(origin).ToString();
    }

    public static Exception? ErrorOf(object? cell) => cell as Exception ?? (cell as CancelReason)?.Error;

    /// <summary>An exception's message; user code, which may itself throw.</summary>
    public static string MessageOf(Exception error)
    {
        try
        {
            return error.Message;
        }
        catch (Exception)
        {
            return $"{error.GetType()} (its message can not be read)";
        }
    }

    public static string? TextOf(object? cell) => cell switch
    {
        Exception error => MessageOf(error),
        string text => text,
        CancelReason { Text: null } => "canceled",
        CancelReason reason => reason.Text,
        _ => null,
    };
}
