namespace Conveyor.Fast.Concurrency.Tests.Linearizability;

/// <summary>Something that threads share, and the plain sequential thing it must look like. A model is immutable.</summary>
internal abstract class Specimen<TModel>
{
    /// <summary>The calls that end every history, made one after the other when both threads are done. None, if not told otherwise.</summary>
    public virtual IReadOnlyList<Call> CallsAtRest => [];

    /// <summary>Makes the shared thing anew and answers with what it is like.</summary>
    public abstract TModel Begin(Random random);

    /// <summary>Chooses a call for one of the threads.</summary>
    public abstract Call Choose(Random random, int thread);

    /// <summary>Makes the call; the answer is put in words by the specimen.</summary>
    public abstract long Perform(Call call, int thread);

    /// <summary>Whether the sequential thing may give that answer, and what it is like then.</summary>
    public abstract bool TryApply(TModel model, in Call call, out TModel after);
}
