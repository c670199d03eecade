using System.Diagnostics.CodeAnalysis;
using Conveyor.Fast.Jobs;

namespace Conveyor.Fast;

/// <summary>A child as its parent sees it: also one that was removed stays readable until the parent has completed or is gone.</summary>
public readonly struct JobChild
{
    private readonly JobStore? _store;
    private readonly long _parentId;
    private readonly bool _isIgnored;

    internal JobChild(JobStore store, JobId id, long parentId, bool isIgnored)
    {
        _store = store;
        _parentId = parentId;
        _isIgnored = isIgnored;
        Job = new JobHandle(store, id);
    }

    /// <summary>The child.</summary>
    public JobHandle Job { get; }

    /// <summary>Its name; empty if it is gone.</summary>
    public string Name => TryCopy(out JobCopy copy) ? copy.References.Definition.Name : "";

    /// <summary>Its state as its parent sees it: None for a child that was removed before it ended.</summary>
    public JobState State => TryCopy(out JobCopy copy) ? copy.StateForParent : JobState.None;

    /// <summary>Whether it has completed, so that there is a value; null is a value.</summary>
    public bool HasValue => State == JobState.Completed;

    /// <summary>How its end counts for the parent.</summary>
    public JobChildKind Kind => State switch
    {
        JobState.Completed => JobChildKind.Completed,
        JobState.Failed or JobState.Canceled => _isIgnored ? JobChildKind.Ignored : JobChildKind.Failed,
        JobState.None => JobChildKind.Removed,
        _ => JobChildKind.Unfinished,
    };

    /// <summary>The exception behind a bad end, if there was one.</summary>
    public Exception? Error => TryCopy(out JobCopy copy) && copy.StateForParent is JobState.Failed or JobState.Canceled ? Failure.ErrorOf(copy.References.Result) : null;

    /// <summary>Why it failed or was canceled; null for any other child.</summary>
    public string? Reason => TryCopy(out JobCopy copy) && copy.StateForParent is JobState.Failed or JobState.Canceled
        ? Failure.Describe(_store!.Engine.Table, copy.Word, copy.References.Result, copy.Details.ResultBits)
        : null;

    /// <summary>The value.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <returns>The value.</returns>
    /// <exception cref="InvalidOperationException">The child has not completed.</exception>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    public T GetValue<T>() => TryGetValue(out T? value)
        ? value!
        : throw new InvalidOperationException($"Child '{Name}' ({Job.Id}) has no value: it is {(State == JobState.None ? "removed" : State)}.");

    /// <summary>The value, if the child has completed.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value, or the default.</param>
    /// <returns>False if the child has not completed.</returns>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    public bool TryGetValue<T>([MaybeNull] out T value)
    {
        value = default;
        return _store is not null && JobReader.TryReadValue(_store.Engine.Table, Job.Id, _parentId, out value);
    }

    private bool TryCopy(out JobCopy copy)
    {
        copy = default;
        return _store is not null && JobCopy.TryTake(_store.Engine.Table, Job.Id.ToInt64(), _parentId, out copy);
    }
}
