using Conveyor.Fast.Jobs;
using Conveyor.Fast.Threading;

namespace Conveyor.Fast.Execution;

/// <summary>
/// One place in a worker's concurrency: what a running handler can reach. Reused from job to job; the number of the run
/// tells them apart, so a <see cref="Job"/> kept too long throws and never reaches another job.
/// </summary>
internal sealed partial class JobRun(JobStore store, JobTable table)
{
    private long _run;
    private CancellationTokenSource? _source;
    private CancelRequest? _request;
    private long _fired; // The run whose token a close has fired.

    public JobStore Store => store;

    public JobTable Table => table;

    /// <summary>The events of the worker whose loop has rented it.</summary>
    public JobEvents? Events { get; set; }

    /// <summary>The run's ticket: slot and run number; 0 between runs.</summary>
    public long Run => Atomic.Read(ref _run);

    public int Slot => StateWord.SlotOf(_run);

    /// <summary>
    /// Names the run that is about to start. HB-3: written before the step to Active, so whoever leaves a cancel request
    /// on that run finds this run object by it.
    /// </summary>
    public void Prepare(long run) => Atomic.Write(ref _run, run);

    /// <summary>The start was lost.</summary>
    public void Forget() => Atomic.Write(ref _run, 0);

    /// <summary>The handler has returned. A source that a cancel, or who took the job away, may have seen is thrown away.</summary>
    public void Finish(bool cancelSeen)
    {
        Atomic.Write(ref _run, 0);
        if (cancelSeen || _mayBeFired)
        {
            Atomic.Write(ref _source, null); // Whatever stands there: a thread left behind may be putting one in place to fire it.
        }
        else if (_source is { } source && !source.TryReset())
        {
            Atomic.Write(ref _source, null);
        }

        if (_request is not null)
        {
            Atomic.Write(ref _request, null);
        }

        if (_mayBeFired)
        {
            ForgetEnding();
        }
    }

    /// <summary>Puts the handler's value in place before the run's last step, unless the job was taken from the run.</summary>
    public void SetResult<T>(long run, T value)
    {
        if (TryClaim(run))
        {
            PutResult(run, value);
        }
    }

    /// <summary>
    /// The same where the loop comes back later, if somebody lets it: no claim, so until then the run may be taken, and who takes
    /// it lets the value go.
    /// </summary>
    public void KeepResult<T>(long run, T value)
    {
        lock (Gate)
        {
            if (!IsTaken(run))
            {
                PutResult(run, value);
            }
        }
    }

    public CancellationToken Token(long run)
    {
        CancellationTokenSource? source = Atomic.Read(ref _source);
        if (source is null)
        {
            CancellationTokenSource added = new();
            source = Atomic.CompareExchange(ref _source, added, null) ?? added;

            // HB-4: source in place, then look at the word; a canceller sets the word, then looks for the source.
            long word = Atomic.Read(ref table.Record(StateWord.SlotOf(run)).Word);
            if ((StateWord.Has(word, StateWord.CancelRequested) || Atomic.Read(ref _fired) == run) && Run == run)
            {
                source.Cancel(); // Asked by a thread left behind it would be a later run's, but for the look just before.
            }
        }

        return source.Token;
    }

    /// <summary>Fires a run's token, also one that its handler has not asked for yet, without a cancel request. One that comes late leaves a later run's note alone, as with a reason.</summary>
    public void Fire(long run)
    {
        long seen = Atomic.Read(ref _fired);
        while (seen != run && Run == run)
        {
            long before = Atomic.CompareExchange(ref _fired, run, seen); // Full fence before the look for the source, as in HB-4.
            seen = before == seen ? run : before;
        }

        SourceOf(run)?.Cancel();
    }

    /// <summary>Between runs: the next one gets a source that nobody has seen.</summary>
    public void DropSource() => Atomic.Write(ref _source, null);

    /// <summary>
    /// Leaves the reason where the handler finds it; of several requests the first one's stays. The run is asked for after
    /// the look at what stands there: a request of a later run has come after that look, and so makes the exchange fail.
    /// </summary>
    public void OfferReason(long run, CancelReason reason)
    {
        CancelRequest? seen = Atomic.Read(ref _request);
        while (seen?.Run != run && Run == run)
        {
            CancelRequest? before = Atomic.CompareExchange(ref _request, new CancelRequest(run, reason), seen);
            if (ReferenceEquals(before, seen))
            {
                return;
            }

            seen = before;
        }
    }

    public CancelReason? ReasonOf(long run) => Atomic.Read(ref _request) is { } request && request.Run == run ? request.Reason : null;

    /// <summary>The source of that run; null if the run is over or its handler has not asked for a token.</summary>
    public CancellationTokenSource? SourceOf(long run)
    {
        CancellationTokenSource? source = Atomic.Read(ref _source);
        return Atomic.Read(ref _run) == run ? source : null; // Read in this order: a source is replaced only after its run.
    }

    private void PutResult<T>(long run, T value)
    {
        int slot = StateWord.SlotOf(run);
        Segment segment = table.SegmentOf(slot);
        ValueCell.Store(ref segment.References(slot).Result, ref segment.Details(slot).ResultBits, value, table.Pools);
    }

    private sealed record CancelRequest(long Run, CancelReason Reason);
}
