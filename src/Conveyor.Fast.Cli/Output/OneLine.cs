namespace Conveyor.Fast.Cli.Output;

/// <summary>Makes foreign text fit for one line of a terminal.</summary>
internal static class OneLine
{
    /// <summary>
    /// Control characters become blanks, as names and error output come from anywhere and a terminal obeys what it is sent.
    /// A long text loses its middle: the reason of a parent starts with its child and ends with the cause.
    /// </summary>
    public static string Of(string text, int maxLength = 500)
    {
        ReadOnlySpan<char> whole = text.AsSpan().Trim();
        string line = whole.Length <= maxLength ? whole.ToString() : $"{whole[..(maxLength / 2)]} ... {whole[^(maxLength / 2)..]}";
        return string.Create(line.Length, line, static (clean, source) =>
        {
            for (int i = 0; i < clean.Length; i++)
            {
                clean[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? ' ' : source[i];
            }
        }).Trim();
    }
}
