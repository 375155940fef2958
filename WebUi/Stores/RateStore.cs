using ControlApi.Contract.Live;
using WebUi.Client;

namespace WebUi.Stores;

/// <summary>The rates of the last second, and those of the last minutes for the chart.</summary>
public sealed class RateStore : Store, IDisposable
{
    private readonly LiveFeed _feed;
    private readonly RateHistory _history;

    public RateStore(LiveFeed feed, RateHistory history)
    {
        (_feed, _history) = (feed, history);
        feed.RatesArrived += Hear;
    }

    public RatesMessage? Latest { get; private set; }

    /// <summary>The messages later than a time, oldest first.</summary>
    public IReadOnlyList<RatesMessage> Since(DateTimeOffset time) => _history.Since(time);

    /// <summary>Events a second delivered to an NF; null while nothing is known.</summary>
    public double? EventRate(string nf, string path) =>
        Latest?.Events.Where(rate => rate.Nf == nf && rate.Type == path).Sum(rate => rate.PerSecond);

    /// <summary>Packets a second received by a port; null while nothing is known.</summary>
    public double? PacketRate(string port) =>
        Latest?.Ports.Where(rate => rate.Id == port).Sum(rate => rate.ReceivedPackets);

    public void Dispose() => _feed.RatesArrived -= Hear;

    private void Hear(RatesMessage rates)
    {
        _history.Add(rates);
        Latest = rates;
        Say();
    }
}
