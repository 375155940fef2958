using System.Globalization;
using System.Text;
using System.Text.Json;
using ControlApi.Contract;
using ControlApi.Contract.Live;
using ControlApi.Contract.Security;
using ControlApi.Live;
using ControlApi.Notices;
using ControlApi.Notices.Filter;
using ControlApi.Security;
using Dataplane.Contract.Configuration;
using Persistence.Stores;

namespace ControlApi.Endpoints;

/// <summary>/events/stream: notices as server-sent events, resumable by id.</summary>
public static class StreamEndpoints
{
    private const string LastEventId = "Last-Event-ID";
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/events/stream", StreamAsync).Needs(Scopes.Read, "filter", "after")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .WithSummary("Notices as they come; Last-Event-ID, or after, resumes.");

    private static async Task StreamAsync(
        HttpContext context, string? filter, string? after, LiveFeed feed, EventSearch search,
            CatalogFiles catalogs,
        TokenReader tokens, CancellationToken cancellation)
    {
        NoticeFilter? wanted = NoticeFilter.TryParse(filter, catalogs.Latest.PathOf, out FilterError? error);
        if (wanted is null)
        {
            await Problems.WriteAsync(context, StatusCodes.Status400BadRequest, "bad-query",
                $"The filter is wrong at {error}", new ConfigFault("?filter", "bad-filter",
                    $"The filter is wrong at {error}", $"Correct it at column {error!.Column}."));
            return;
        }
        string? resume = context.Request.Headers[LastEventId].FirstOrDefault() is { Length: > 0 } last
            ? last : after;
        ulong? from = NoticeCursor.TryParse(resume);
        if (resume is not null && from is null)
        {
            await Problems.WriteAsync(context, StatusCodes.Status400BadRequest, "bad-query",
                $"'{resume}' is not the id of a notice.",
                new ConfigFault("?after", "bad-cursor", "after names no notice.",
                    "Use the id of the last event."));
            return;
        }
        var subscription = new LiveSubscription(wanted, [SubscribeRequest.NoticesStream]);
        ulong stored = feed.Add(subscription);
        try
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-cache";
            context.Response.Headers["X-Accel-Buffering"] = "no";
            await context.Response.WriteAsync("retry: 2000\n\n", cancellation);
            await context.Response.Body.FlushAsync(cancellation);
            if (from is { } sequence)
            {
                await ReplayAsync(context.Response, resume!,
                    Replay.Find(search, wanted, sequence, stored, cancellation), cancellation);
            }
            await FollowAsync(context, subscription, tokens, cancellation);
        }
        finally
        {
            feed.Remove(subscription.Id);
        }
    }

    private static async Task ReplayAsync(
        HttpResponse response, string resume, Replay replay, CancellationToken cancellation)
    {
        if (replay.IsGap)
        {
            var gap = new GapMessage(resume, NoticeJson.Read(replay.Notices[0].Document).Id);
            await WriteAsync(response, null, "gap", JsonSerializer.Serialize(gap, ApiJson.Shared),
                cancellation);
        }
        foreach (StoredNotice notice in replay.Notices)
        {
            await WriteAsync(response, NoticeJson.Read(notice.Document).Id, "notice", notice.Document,
                cancellation);
        }
        await response.Body.FlushAsync(cancellation);
    }

    private static async Task FollowAsync(
        HttpContext context, LiveSubscription subscription, TokenReader tokens,
            CancellationToken cancellation)
    {
        Caller caller = Caller.Of(context)!;
        long checkedAt = TimeProvider.System.GetTimestamp();
        while (!cancellation.IsCancellationRequested)
        {
            bool isSignalled = await subscription.WaitAsync(Heartbeat, cancellation);
            if (TimeProvider.System.GetElapsedTime(checkedAt) >= Heartbeat)
            {
                checkedAt = TimeProvider.System.GetTimestamp();
                if (!await tokens.IsGoodAsync(caller, cancellation))
                {
                    return;
                }
                await SendAllAsync(context.Response, subscription, cancellation);
                await context.Response.WriteAsync(": alive\n\n", cancellation);
            }
            else if (isSignalled)
            {
                await SendAllAsync(context.Response, subscription, cancellation);
            }
            await context.Response.Body.FlushAsync(cancellation);
        }
    }

    private static async Task SendAllAsync(
        HttpResponse response, LiveSubscription subscription, CancellationToken cancellation)
    {
        while (true)
        {
            IReadOnlyList<ArrivedNotice> notices =
                subscription.Take(NoticesMessage.ItemsMax, out long skipped);
            if (notices.Count == 0 && skipped == 0)
            {
                return;
            }
            if (skipped > 0)
            {
                string lost = JsonSerializer.Serialize(new SkippedMessage(skipped), ApiJson.Shared);
                await WriteAsync(response, null, "skipped", lost, cancellation);
            }
            foreach (ArrivedNotice notice in notices)
            {
                await WriteAsync(response, notice.Notice.Id, "notice", notice.Document, cancellation);
            }
        }
    }

    private static Task WriteAsync(
        HttpResponse response, string? id, string name, string data, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        if (id is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"id: {id}\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"event: {name}\ndata: {data}\n\n");
        return response.WriteAsync(text.ToString(), cancellation);
    }
}
