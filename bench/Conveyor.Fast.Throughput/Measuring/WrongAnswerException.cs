namespace Conveyor.Fast.Throughput.Measuring;

/// <summary>A run did not do the work it was timed for; no figure of this program may be believed.</summary>
internal sealed class WrongAnswerException(string message) : Exception(message);
