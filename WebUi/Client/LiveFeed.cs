using ControlApi.Contract;
using ControlApi.Contract.Live;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using WebUi.Hosting;

namespace WebUi.Client;

/// <summary>
/// The hub connection of one circuit, with its reader's token. It connects again by itself, and each
/// subscription goes on behind the last notice it has seen.
/// </summary>
/// <remarks>Threads: handlers run on the connection's thread, one message after the other.</remarks>
public sealed class LiveFeed : IAsyncDisposable
{
    private const int EarlyMax = 64;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HubConnection _hub;
    private readonly Dictionary<string, NoticeSubscription> _byId = [];
    private readonly List<NoticeSubscription> _all = [];
    private readonly List<NoticesMessage> _early = [];
    private readonly CancellationTokenSource _ended = new();
    private Task? _running;

    public LiveFeed(WebUiOptions options, ReaderToken reader)
    {
        _hub = new HubConnectionBuilder()
            .WithUrl(new Uri(options.Api, "/hub/live"), http => http.AccessTokenProvider = reader.GetAsync)
            .AddJsonProtocol(json => json.PayloadSerializerOptions = ApiJson.Shared)
            .WithAutomaticReconnect(new Retry())
            .Build();
        _hub.On<RatesMessage>(RatesMessage.Method, rates => RatesArrived?.Invoke(rates));
        _hub.On<StateMessage>(StateMessage.Method, state => StateArrived?.Invoke(state));
        _hub.On<NoticesMessage>(NoticesMessage.Method, Route);
        _hub.Reconnecting += _ => Report(false);
        _hub.Reconnected += _ => SubscribeAllAsync();
        _hub.Closed += _ => ConnectAgainAsync();
    }

    public event Action<RatesMessage>? RatesArrived;

    public event Action<StateMessage>? StateArrived;

    /// <summary>True when messages arrive, false when the connection is lost.</summary>
    public event Action<bool>? ConnectionChanged;

    /// <summary>Begins to connect; goes on trying until the circuit ends.</summary>
    public Task StartAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        _running ??= ConnectAsync();
        return Task.CompletedTask;
    }

    /// <summary>Hears notices that fit a filter, those behind <paramref name="after"/> first.</summary>
    public async Task<NoticeSubscription> FollowAsync(
        string filter, string? after, Action<NoticesMessage> handler)
    {
        var subscription = new NoticeSubscription(this, filter, after, handler);
        lock (_lock)
        {
            _all.Add(subscription);
        }
        if (_hub.State == HubConnectionState.Connected)
        {
            await SubscribeAsync(subscription);
        }
        return subscription;
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _hub.DisposeAsync();
        if (_running is not null)
        {
            await _running;
        }
        _ended.Dispose();
    }

    internal async Task ForgetAsync(NoticeSubscription subscription)
    {
        lock (_lock)
        {
            _all.Remove(subscription);
            if (subscription.Id is not null)
            {
                _byId.Remove(subscription.Id);
            }
        }
        if (subscription.Id is not null && _hub.State == HubConnectionState.Connected)
        {
            await TryAsync(() => _hub.InvokeAsync("Unsubscribe", subscription.Id, _ended.Token));
        }
    }

    private async Task ConnectAsync()
    {
        while (!_ended.IsCancellationRequested && _hub.State == HubConnectionState.Disconnected)
        {
            if (await TryAsync(() => _hub.StartAsync(_ended.Token)))
            {
                await SubscribeAllAsync();
                return; // from here on the connection comes back by itself
            }
            await Report(false);
            await Task.Delay(RetryDelay, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // The server ended the connection for good, as it does when it stops: begin anew.
    private async Task ConnectAgainAsync()
    {
        await Report(false);
        await Task.Delay(RetryDelay, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_ended.IsCancellationRequested)
        {
            _running = ConnectAsync();
        }
    }

    private async Task SubscribeAllAsync()
    {
        NoticeSubscription[] wanted;
        lock (_lock)
        {
            _byId.Clear();
            _early.Clear();
            wanted = [.. _all];
        }
        var rates = new SubscribeRequest
        {
            Streams = [SubscribeRequest.RatesStream, SubscribeRequest.StateStream],
        };
        if (!await TryAsync(() => _hub.InvokeAsync<SubscribeReply>("Subscribe", rates, _ended.Token)))
        {
            // Lost again, or the session ended: the connection's end tries once more, or the circuit ends.
            await TryAsync(() => _hub.StopAsync(_ended.Token));
            return;
        }
        await Report(true);
        foreach (NoticeSubscription subscription in wanted)
        {
            await SubscribeAsync(subscription);
        }
    }

    private async Task SubscribeAsync(NoticeSubscription subscription)
    {
        var request = new SubscribeRequest
        {
            Streams = [SubscribeRequest.NoticesStream],
            Filter = subscription.Filter,
            After = subscription.Last,
            Mode = SubscribeRequest.TailMode,
        };
        await TryAsync(async () =>
        {
            SubscribeReply reply = await _hub.InvokeAsync<SubscribeReply>("Subscribe", request, _ended.Token);
            Adopt(subscription, reply.Id);
        });
    }

    // The first messages may overtake the reply that names their subscription; they waited in _early.
    private void Adopt(NoticeSubscription subscription, string id)
    {
        List<NoticesMessage> waiting;
        lock (_lock)
        {
            subscription.Id = id;
            _byId[id] = subscription;
            waiting = [.. _early.Where(message => message.Subscription == id)];
            _early.RemoveAll(message => message.Subscription == id);
        }
        waiting.ForEach(subscription.Hear);
    }

    private void Route(NoticesMessage message)
    {
        NoticeSubscription? subscription;
        lock (_lock)
        {
            if (!_byId.TryGetValue(message.Subscription, out subscription) && _early.Count < EarlyMax)
            {
                _early.Add(message);
            }
        }
        subscription?.Hear(message);
    }

    private Task Report(bool connected)
    {
        ConnectionChanged?.Invoke(connected);
        return Task.CompletedTask;
    }

    private static async Task<bool> TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException
            or InvalidOperationException or OperationCanceledException or HubException)
        {
            return false;
        }
    }

    /// <summary>At once, then each second, without end: the appliance comes back by itself.</summary>
    private sealed class Retry : IRetryPolicy
    {
        public TimeSpan? NextRetryDelay(RetryContext retryContext) =>
            retryContext.PreviousRetryCount == 0 ? TimeSpan.Zero : RetryDelay;
    }
}
