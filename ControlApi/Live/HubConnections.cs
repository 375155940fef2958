using System.Collections.Concurrent;
using ControlApi.Security;
using Microsoft.AspNetCore.SignalR;

namespace ControlApi.Live;

/// <summary>Open hub connections, so that they end when their key or session was revoked.</summary>
public sealed class HubConnections
{
    private readonly ConcurrentDictionary<string, Connection> _open = new();

    public void Add(HubCallerContext context, Caller caller)
        => _open[context.ConnectionId] = new Connection(context, caller);

    /// <summary>Ends everything of a connection; returns the ids of its subscriptions.</summary>
    public IReadOnlyList<string> Remove(string connectionId)
    {
        if (!_open.TryRemove(connectionId, out Connection? connection))
        {
            return [];
        }
        List<string> ids = [.. connection.Subscriptions.Keys];
        ids.ForEach(connection.End);
        return ids;
    }

    public bool TryBegin(string connectionId, string subscriptionId, int max,
        out CancellationToken cancellation)
    {
        cancellation = default;
        if (!_open.TryGetValue(connectionId, out Connection? connection)
            || connection.Subscriptions.Count >= max)
        {
            return false;
        }
        var source = CancellationTokenSource.CreateLinkedTokenSource(connection.Context.ConnectionAborted);
        connection.Subscriptions[subscriptionId] = source;
        cancellation = source.Token;
        return true;
    }

    public void End(string connectionId, string subscriptionId)
    {
        if (_open.TryGetValue(connectionId, out Connection? connection))
        {
            connection.End(subscriptionId);
        }
    }

    /// <summary>Closes connections whose key or session is no longer good.</summary>
    public async Task CloseRevokedAsync(TokenReader tokens, CancellationToken cancellation)
    {
        foreach (Connection connection in _open.Values)
        {
            if (!await tokens.IsGoodAsync(connection.Caller, cancellation))
            {
                connection.Context.Abort();
            }
        }
    }

    private sealed record Connection(HubCallerContext Context, Caller Caller)
    {
        public ConcurrentDictionary<string, CancellationTokenSource> Subscriptions { get; } = new();

        public void End(string subscriptionId)
        {
            if (Subscriptions.TryRemove(subscriptionId, out CancellationTokenSource? source))
            {
                source.Cancel();
                source.Dispose();
            }
        }
    }
}
