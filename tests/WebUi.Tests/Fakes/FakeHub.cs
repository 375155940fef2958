using ControlApi.Contract.Live;
using Microsoft.AspNetCore.SignalR;

namespace WebUi.Tests.Fakes;

/// <summary>The hub's two methods; each stream is a group that the fake's owner sends to.</summary>
public sealed class FakeHub : Hub
{
    public const string NoticesId = "notices-1";

    public async Task<SubscribeReply> Subscribe(SubscribeRequest request)
    {
        foreach (string stream in request.Streams)
        {
            await Groups.AddToGroupAsync(Context.ConnectionId, stream);
        }
        return new SubscribeReply(
            request.Streams.Contains(SubscribeRequest.NoticesStream) ? NoticesId : "rest-1", null);
    }

    public Task Unsubscribe(string id) =>
        id == NoticesId
            ? Groups.RemoveFromGroupAsync(Context.ConnectionId, SubscribeRequest.NoticesStream)
            : Task.CompletedTask;
}
