using ControlApi.Contract.Live;
using WebUi.Client;

namespace WebUi.Stores;

/// <summary>The rates of the last second, and those of the last minutes for the chart.</summary>
public sealed class RateStore : Store, IDisposable
{
    /// <summary>Five minutes at one message a second.</summary>
    public const int HistoryMax = 300;

    private readonly LiveFeed _feed;
    private readonly Lock _lock = new();
    private readonly Queue<RatesMessage> _history = new();

    public RateStore(LiveFeed feed)
    {
        _feed = feed;
        feed.RatesArrived += Hear;
    }

    public RatesMessage? Latest { get; private set; }

    /// <summary>The messages later than a time, oldest first.</summary>
    public IReadOnlyList<RatesMessage> Since(DateTimeOffset time)
    {
        lock (_lock)
        {
            return [.. _history.Where(message => message.Time > time)];
        }
    }

    /// <summary>Events a second delivered to an NF; null while nothing is known.</summary>
    public double? EventRate(string nf, string path) =>
        Latest?.Events.Where(rate => rate.Nf == nf && rate.Type == path).Sum(rate => rate.PerSecond);

    /// <summary>Packets a second received by a port; null while nothing is known.</summary>
    public double? PacketRate(string port) =>
        Latest?.Ports.Where(rate => rate.Id == port).Sum(rate => rate.ReceivedPackets);

    public void Dispose() => _feed.RatesArrived -= Hear;

    private void Hear(RatesMessage rates)
    {
        lock (_lock)
        {
            _history.Enqueue(rates);
            while (_history.Count > HistoryMax)
            {
                _history.Dequeue();
            }
        }
        Latest = rates;
        Say();
    }
}
