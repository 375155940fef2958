using System.Text.Json;
using ControlApi.Contract;
using ControlApi.Contract.Live;
using ControlApi.Contract.Notices;
using ControlApi.Notices;
using Persistence.Stores;

namespace ControlApi.Live;

/// <summary>
/// Sends one hub subscription what it wants: stored notices first, then live ones, rates and state.
/// </summary>
public sealed class LivePump(
    LiveSubscription subscription, SubscribeRequest request,
        Func<string, object, CancellationToken, Task> send)
{
    private const int TailMessagesPerSecond = 4;
    private static readonly TimeSpan TailPause = TimeSpan.FromSeconds(1.0 / TailMessagesPerSecond);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private string? _last = request.After;

    public async Task RunAsync(Replay? replay, CancellationToken cancellation)
    {
        if (replay is not null)
        {
            await SendReplayAsync(replay, cancellation);
        }
        bool isTail = request.Mode == SubscribeRequest.TailMode;
        while (!cancellation.IsCancellationRequested)
        {
            await subscription.WaitAsync(Patience, cancellation);
            if (subscription.TakeState() is { } state)
            {
                await send(StateMessage.Method, state, cancellation);
            }
            if (subscription.TakeRates() is { } rates)
            {
                await send(RatesMessage.Method, rates, cancellation);
            }
            if (isTail)
            {
                await SendTailAsync(cancellation);
            }
            else
            {
                await SendAllAsync(cancellation);
            }
        }
    }

    private async Task SendReplayAsync(Replay replay, CancellationToken cancellation)
    {
        bool isGap = replay.IsGap;
        foreach (StoredNotice[] part in replay.Notices.Chunk(NoticesMessage.ItemsMax))
        {
            await SendAsync([.. part.Select(n => NoticeJson.Read(n.Document))], 0, isGap, cancellation);
            isGap = false;
        }
    }

    private async Task SendAllAsync(CancellationToken cancellation)
    {
        while (true)
        {
            IReadOnlyList<ArrivedNotice> notices =
                subscription.Take(NoticesMessage.ItemsMax, out long skipped);
            if (notices.Count == 0 && skipped == 0)
            {
                return;
            }
            await SendAsync([.. notices.Select(n => n.Notice)], skipped, false, cancellation);
        }
    }

    private async Task SendTailAsync(CancellationToken cancellation)
    {
        int most = Math.Clamp(request.PerSecond / TailMessagesPerSecond, 1, NoticesMessage.ItemsMax);
        IReadOnlyList<ArrivedNotice> notices = subscription.TakeNewest(most, out long skipped);
        if (notices.Count > 0 || skipped > 0)
        {
            await SendAsync([.. notices.Select(n => n.Notice)], skipped, false, cancellation);
            await Task.Delay(TailPause, cancellation);
        }
    }

    private Task SendAsync(IReadOnlyList<Notice> items, long skipped, bool isGap,
        CancellationToken cancellation)
    {
        _last = items.Count > 0 ? items[^1].Id : _last;
        return send(NoticesMessage.Method, new NoticesMessage
        {
            Subscription = subscription.Id,
            Items = items,
            Last = _last,
            Skipped = skipped,
            Gap = isGap,
        }, cancellation);
    }
}
