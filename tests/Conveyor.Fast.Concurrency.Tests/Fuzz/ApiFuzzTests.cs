using System.Diagnostics;

namespace Conveyor.Fast.Concurrency.Tests.Fuzz;

/// <summary>Random bytes as calls of the public surface: nothing but documented refusals, and a whole store after each call.</summary>
public class ApiFuzzTests
{
    private const int MostBytes = 400;

    [Fact]
    public void Programs_OfRandomBytes_LeaveAWholeStoreThatComesToRest()
    {
        Budget budget = Budget.Current;
        long begun = Stopwatch.GetTimestamp();
        long done = 0;
        long calls = 0;
        for (; budget.MayGoOn(done, budget.Programs, begun); done++)
        {
            Random random = new((int)done);
            byte[] bytes = new byte[random.Next(MostBytes)];
            random.NextBytes(bytes);
            calls += Run(bytes);
        }

        budget.Report("fuzz of the API", $"{done:N0} programs, {calls:N0} calls");
    }

    private static int Run(byte[] bytes)
    {
        if (FaultOf(bytes, out int calls, out _) is not { } fault)
        {
            return calls;
        }

        byte[] least = Shrink(bytes);
        Exception? again = FaultOf(least, out _, out string told); // Null where it depends on more than the bytes.
        throw new InvalidOperationException($"The program {Convert.ToHexString(least)} called:{Environment.NewLine}{told}", again ?? fault);
    }

    /// <summary>Leaves out bytes as long as something is still wrong.</summary>
    private static byte[] Shrink(byte[] bytes)
    {
        for (int length = bytes.Length / 2; length > 0; length /= 2)
        {
            for (int at = 0; at + length <= bytes.Length;)
            {
                byte[] shorter = [.. bytes[..at], .. bytes[(at + length)..]];
                bool isStillWrong = FaultOf(shorter, out _, out _) is not null;
                bytes = isStillWrong ? shorter : bytes;
                at += isStillWrong ? 0 : length;
            }
        }

        return bytes;
    }

    private static Exception? FaultOf(byte[] bytes, out int calls, out string told)
    {
        using ApiProgram program = new(bytes);
        Exception? fault = null;
        try
        {
            program.Run();
        }
        catch (Exception error)
        {
            fault = error;
        }

        calls = program.Calls.Count;
        told = string.Join(Environment.NewLine, program.Calls);
        return fault;
    }
}
