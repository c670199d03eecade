namespace Conveyor.Fast.Concurrency.Tests.Fuzz;

/// <content>Handlers and custom backoffs, which go on reading the program that runs them.</content>
internal sealed partial class ApiProgram
{
    private async ValueTask<object?> HandleAsync(Job job, CancellationToken cancellationToken)
    {
        if (_isEnding || _isDisposed)
        {
            return null;
        }

        _depth++;
        try
        {
            switch (_bytes.Next(12))
            {
                case 0:
                    throw new InvalidOperationException("failed");
                case 1:
                    throw new UnrecoverableJobException("failed for good");
                case 2 when _depth < MostDepth:
                    Step();
                    break;
                case 3:
                    Read(job.Handle);
                    cancellationToken.ThrowIfCancellationRequested();
                    break;
                case 4:
                    _depth--;
                    await _gate.Task;
                    _depth++;
                    break;
                case 5 or 6:
                    Move(job);
                    break;
            }

            return (int)_bytes.Next();
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>What a handler does to its own job, which may have been taken from it.</summary>
    private void Move(Job job)
    {
        switch (_bytes.Next(4))
        {
            case 0:
                job.MoveToWaiting();
                break;
            case 1:
                job.MoveToDelayed(TimeSpan.FromMilliseconds(_bytes.Next() * 10));
                break;
            case 2:
                job.MoveToFailed("by hand");
                break;
            default:
                job.Discard();
                throw new InvalidOperationException("failed, and no more");
        }
    }

    /// <summary>The user's own backoff: at once or later, with a delay or none, or not at all.</summary>
    private async ValueTask<TimeSpan?> AnswerAsync(RetryContext context)
    {
        if (_isEnding || _isDisposed)
        {
            return null;
        }

        switch (_bytes.Next(5))
        {
            case 0:
                return null;
            case 1:
                throw new InvalidOperationException("no answer");
            case 2:
                await _gate.Task;
                break;
            case 3:
                LetPass(TimeSpan.FromMilliseconds(_bytes.Next() * 10));
                break;
        }

        return NextDelay();
    }
}
