using System.Text;

namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>A store and what is done to it, step by step. Its text is the code that makes it.</summary>
internal sealed record Story(StorePlan Store, IReadOnlyList<Operation> Operations)
{
    public override string ToString()
    {
        StringBuilder text = new($"new Story(\n    {Store},\n    [\n");
        foreach (Operation operation in Operations)
        {
            text.Append("        ").Append(operation).Append(",\n");
        }

        return text.Append("    ])").ToString();
    }
}
