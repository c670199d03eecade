namespace Conveyor.Fast.Telemetry;

/// <summary>What is announced of one step of a job, and which rows of announcements wait until it has been delivered.</summary>
internal sealed class AnnouncedStep(Announcement[] announcements, AnnouncedStep? cause)
{
    private readonly Lock _lock = new();
    private List<AnnouncementRow>? _waiting;
    private bool _isDelivered;

    public Announcement[] Announcements => announcements;

    public bool IsDelivered
    {
        get
        {
            lock (_lock)
            {
                return _isDelivered;
            }
        }
    }

    /// <summary>Whether it may be delivered; if it follows from a step that has not been yet, its row waits for that.</summary>
    public bool MayBeDelivered(AnnouncementRow row) => cause is null || !cause.TryAwait(row);

    /// <summary>Says that it has been delivered. Returns the rows that have waited for it; null for none.</summary>
    public List<AnnouncementRow>? EndDelivery()
    {
        lock (_lock)
        {
            _isDelivered = true;
            return _waiting;
        }
    }

    private bool TryAwait(AnnouncementRow row)
    {
        lock (_lock)
        {
            if (!_isDelivered)
            {
                (_waiting ??= []).Add(row);
            }

            return !_isDelivered;
        }
    }
}
