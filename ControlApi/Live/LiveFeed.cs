using System.Collections.Concurrent;
using ControlApi.Contract.Live;
using ControlApi.Notices;

namespace ControlApi.Live;

/// <summary>Passes stored notices, rates and state on to everybody who listens.</summary>
public sealed class LiveFeed
{
    private readonly ConcurrentDictionary<string, LiveSubscription> _subscriptions = new();
    private readonly Lock _order = new();
    private ulong _last;
    private string? _lastId;
    private StateMessage? _state;
    private RatesMessage? _rates;

    /// <summary>Id of the last notice stored; null before the first since the start.</summary>
    public string? LastId
    {
        get
        {
            lock (_order)
            {
                return _lastId;
            }
        }
    }

    public StateMessage? State => Volatile.Read(ref _state);

    public RatesMessage? Rates => Volatile.Read(ref _rates);

    public int Count => _subscriptions.Count;

    /// <summary>Notices up to this number were stored before this process started.</summary>
    public void StartAt(ulong sequence, string? id)
    {
        lock (_order)
        {
            _last = sequence;
            _lastId = id;
        }
    }

    /// <summary>
    /// Joins a subscription; notices up to the number returned are stored, later ones come to it.
    /// </summary>
    public ulong Add(LiveSubscription subscription)
    {
        lock (_order)
        {
            _subscriptions[subscription.Id] = subscription;
            if (_state is { } state)
            {
                subscription.Offer(state);
            }
            return _last;
        }
    }

    public void Remove(string id) => _subscriptions.TryRemove(id, out _);

    /// <summary>Call after storing, in spool order.</summary>
    public void Publish(IReadOnlyList<ArrivedNotice> notices)
    {
        if (notices.Count == 0)
        {
            return;
        }
        lock (_order)
        {
            _last = notices[^1].Notice.Seq;
            _lastId = notices[^1].Notice.Id;
            foreach (LiveSubscription subscription in _subscriptions.Values)
            {
                subscription.Offer(notices);
            }
        }
    }

    public void Publish(RatesMessage rates)
    {
        Volatile.Write(ref _rates, rates);
        foreach (LiveSubscription subscription in _subscriptions.Values)
        {
            subscription.Offer(rates);
        }
    }

    public void Publish(StateMessage state)
    {
        lock (_order)
        {
            _state = state;
            foreach (LiveSubscription subscription in _subscriptions.Values)
            {
                subscription.Offer(state);
            }
        }
    }
}
