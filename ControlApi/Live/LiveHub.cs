using System.Text.Json;
using ControlApi.Contract;
using ControlApi.Contract.Live;
using ControlApi.Notices;
using ControlApi.Notices.Filter;
using ControlApi.Security;
using Microsoft.AspNetCore.SignalR;
using Persistence.Stores;

namespace ControlApi.Live;

/// <summary>/hub/live: Subscribe and Unsubscribe; the server calls notices, rates and state.</summary>
public sealed class LiveHub(
    LiveFeed feed, CatalogFiles catalogs, EventSearch search, HubConnections connections,
        IHubContext<LiveHub> hub)
    : Hub
{
    public const string Path = "/hub/live";

    private const int SubscriptionsMax = 16;
    private const int PerSecondMax = 1_000;

    public override Task OnConnectedAsync()
    {
        Caller? caller = Context.GetHttpContext() is { } http ? Caller.Of(http) : null;
        if (caller is null || !caller.May(Contract.Security.Scopes.Read))
        {
            throw new HubException("Live data needs the scope read:*.");
        }
        connections.Add(Context, caller);
        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        foreach (string id in connections.Remove(Context.ConnectionId))
        {
            feed.Remove(id);
        }
        return Task.CompletedTask;
    }

    /// <summary>
    /// Takes a SubscribeRequest and answers a SubscribeReply; both as JSON, whatever the protocol.
    /// </summary>
    public JsonElement Subscribe(JsonElement message)
    {
        SubscribeRequest request = Read(message);
        NoticeFilter filter = Check(request, out ulong? after);
        var subscription = new LiveSubscription(filter, request.Streams);
        string connectionId = Context.ConnectionId;
        if (!connections.TryBegin(connectionId, subscription.Id, SubscriptionsMax,
            out CancellationToken cancellation))
        {
            throw new HubException($"A connection has at most {SubscriptionsMax} subscriptions.");
        }
        string? position = feed.LastId;
        ulong stored = feed.Add(subscription);
        var pump = new LivePump(subscription, request, (method, message, stop)
            => hub.Clients.Client(connectionId).SendAsync(
                method, JsonSerializer.SerializeToElement(message, message.GetType(), ApiJson.Shared), stop));
        _ = RunAsync(pump, subscription, after, stored, cancellation);
        return JsonSerializer.SerializeToElement(
            new SubscribeReply(subscription.Id, position ?? request.After), ApiJson.Shared);
    }

    public void Unsubscribe(string id)
    {
        connections.End(Context.ConnectionId, id);
        feed.Remove(id);
    }

    private async Task RunAsync(
        LivePump pump, LiveSubscription subscription, ulong? after, ulong stored,
            CancellationToken cancellation)
    {
        await Task.Yield();
        try
        {
            Replay? replay = after is { } from
                ? Replay.Find(search, subscription.Filter, from, stored, cancellation) : null;
            await pump.RunAsync(replay, cancellation);
        }
        catch (OperationCanceledException)
        {
            // unsubscribed, or the connection has ended
        }
        finally
        {
            feed.Remove(subscription.Id);
        }
    }

    private static SubscribeRequest Read(JsonElement message)
    {
        try
        {
            return message.Deserialize<SubscribeRequest>(ApiJson.Shared)
                ?? throw new HubException("Subscribe takes {streams, filter, after, mode, perSecond}.");
        }
        catch (JsonException error)
        {
            throw new HubException(
                $"Subscribe takes {{streams, filter, after, mode, perSecond}}: {error.Path} is wrong.");
        }
    }

    private NoticeFilter Check(SubscribeRequest request, out ulong? after)
    {
        string[] known =
            [SubscribeRequest.NoticesStream, SubscribeRequest.RatesStream, SubscribeRequest.StateStream];
        string? unknown = request.Streams.FirstOrDefault(s => !known.Contains(s));
        if (unknown is not null || request.Streams.Count == 0)
        {
            throw new HubException($"streams names some of {string.Join(", ", known)}"
                + (unknown is null ? "." : $", not {unknown}."));
        }
        if (request.Mode is not (SubscribeRequest.AllMode or SubscribeRequest.TailMode))
        {
            throw new HubException($"mode is all or tail, not {request.Mode}.");
        }
        if (request.PerSecond is < 1 or > PerSecondMax)
        {
            throw new HubException($"perSecond is 1 to {PerSecondMax}.");
        }
        after = null;
        if (request.After is not null)
        {
            after = NoticeCursor.TryParse(request.After)
                ?? throw new HubException($"'{request.After}' is not the id of a notice.");
        }
        return NoticeFilter.TryParse(request.Filter, catalogs.Latest.PathOf, out FilterError? error)
            ?? throw new HubException($"The filter is wrong at {error}");
    }
}
