using ControlApi.Contract.Live;

namespace WebUi.Client;

/// <summary>One filter's notices; remembers the last one so that it can go on behind it.</summary>
public sealed class NoticeSubscription : IAsyncDisposable
{
    private readonly LiveFeed _feed;
    private readonly Action<NoticesMessage> _handler;

    internal NoticeSubscription(LiveFeed feed, string filter, string? after, Action<NoticesMessage> handler)
    {
        _feed = feed;
        _handler = handler;
        Filter = filter;
        Last = after;
    }

    internal string Filter { get; }

    internal string? Last { get; private set; }

    internal string? Id { get; set; }

    public async ValueTask DisposeAsync() => await _feed.ForgetAsync(this);

    internal void Hear(NoticesMessage message)
    {
        Last = message.Last ?? (message.Items.Count > 0 ? message.Items[^1].Id : Last);
        _handler(message);
    }
}
