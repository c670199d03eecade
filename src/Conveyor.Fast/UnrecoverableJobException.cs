namespace Conveyor.Fast;

/// <summary>Thrown by a handler: the job fails at once, whatever attempts it has left.</summary>
public class UnrecoverableJobException : ConveyorException
{
    /// <summary>Makes the error.</summary>
    public UnrecoverableJobException()
        : base("The job can not succeed.")
    {
    }

    /// <summary>Makes the error.</summary>
    /// <param name="message">Why the job can not succeed.</param>
    public UnrecoverableJobException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error with a cause.</summary>
    /// <param name="message">Why the job can not succeed.</param>
    /// <param name="innerException">The cause.</param>
    public UnrecoverableJobException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
