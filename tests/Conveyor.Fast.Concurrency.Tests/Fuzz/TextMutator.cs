namespace Conveyor.Fast.Concurrency.Tests.Fuzz;

/// <summary>Makes new texts out of good ones: bytes changed, cut out, doubled, and pieces that mean something put in.</summary>
internal sealed class TextMutator(byte[][] seeds, byte[][] pieces)
{
    private const int MostSteps = 6;
    private const int MostLength = 4_000;

    public byte[] Next(Random random)
    {
        List<byte> text = [.. seeds[random.Next(seeds.Length)]];
        for (int steps = random.Next(MostSteps); steps > 0; steps--)
        {
            int at = random.Next(text.Count + 1);
            int length = random.Next(Math.Min(40, text.Count - at + 1));
            switch (random.Next(5))
            {
                case 0 when at < text.Count:
                    text[at] = (byte)random.Next(256);
                    break;
                case 1:
                    text.RemoveRange(at, length);
                    break;
                case 2 when text.Count < MostLength:
                    text.InsertRange(at, text.GetRange(at, length));
                    break;
                case 3:
                    text.InsertRange(at, pieces[random.Next(pieces.Length)]);
                    break;
                default:
                    text.RemoveRange(at, length);
                    text.InsertRange(at, pieces[random.Next(pieces.Length)]);
                    break;
            }
        }

        return [.. text];
    }
}
