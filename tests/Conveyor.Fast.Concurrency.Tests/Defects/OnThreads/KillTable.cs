namespace Conveyor.Fast.Concurrency.Tests.Defects.OnThreads;

/// <summary>Which technique kills which defect, printed row by row as they come.</summary>
internal static class KillTable
{
    /// <param name="seconds">For how long a technique may look for one defect.</param>
    /// <param name="defects">The rows wanted; none for all.</param>
    public static async Task FillAsync(int seconds, IReadOnlyCollection<string> defects)
    {
        Console.WriteLine($"| defect | {string.Join(" | ", Technique.All.Select(static technique => technique.Name))} |");
        foreach (Defect defect in Defect.All.Where(defect => defects.Count == 0 || defects.Contains(defect.Name)))
        {
            Console.Write($"| {defect.Name} |");
            foreach (Technique technique in Technique.All)
            {
                Console.Write($" {await Cell.FillAsync(defect.Name, technique.Name, TimeSpan.FromSeconds(seconds))} |");
            }

            Console.WriteLine();
        }
    }
}
