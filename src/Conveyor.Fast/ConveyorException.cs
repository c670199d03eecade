namespace Conveyor.Fast;

/// <summary>The base of the engine's own errors.</summary>
public class ConveyorException : Exception
{
    /// <summary>Makes an error without a text of its own.</summary>
    public ConveyorException()
    {
    }

    /// <summary>Makes an error.</summary>
    /// <param name="message">What was wrong and what to do.</param>
    public ConveyorException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error with a cause.</summary>
    /// <param name="message">What was wrong and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public ConveyorException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
