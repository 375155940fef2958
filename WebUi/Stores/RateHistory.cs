using ControlApi.Contract.Live;

namespace WebUi.Stores;

/// <summary>
/// The rates of the last minutes, kept for all readers of this process, so that a page opened now has a past.
/// </summary>
/// <remarks>
/// Threads: all members lock. Every circuit hears the same messages; each second is kept once.
/// </remarks>
public sealed class RateHistory
{
    /// <summary>Five minutes at one message a second.</summary>
    public const int MessagesMax = 300;
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly Queue<RatesMessage> _messages = new();
    private DateTimeOffset _last = DateTimeOffset.MinValue;

    public void Add(RatesMessage rates)
    {
        lock (_lock)
        {
            if (rates.Time - _last < Spacing)
            {
                return;
            }
            _last = rates.Time;
            _messages.Enqueue(rates);
            if (_messages.Count > MessagesMax)
            {
                _messages.Dequeue();
            }
        }
    }

    /// <summary>The messages later than a time, oldest first.</summary>
    public IReadOnlyList<RatesMessage> Since(DateTimeOffset time)
    {
        lock (_lock)
        {
            return [.. _messages.Where(message => message.Time > time)];
        }
    }
}
