using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using ControlApi.Contract;
using ControlApi.Contract.Live;
using ControlApi.Live;
using ControlApi.Tests.Harness;
using MessagePack;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace ControlApi.Tests.Live;

public sealed class LiveTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private TestSpool _spool = null!;
    private RunningApi _api = null!;
    private string _key = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _spool = new TestSpool(_folder.Spool);
        _api = await RunningApi.StartAsync(_folder);
        _key = await _api.KeyAsync("read:*");
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        _spool.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_hub_sends_stored_notices_behind_after_and_then_live_ones_each_once()
    {
        string first = await PublishAsync(200);
        await using HubConnection hub = await ConnectAsync();
        Channel<NoticesMessage> messages = Listen(hub);

        SubscribeReply reply = await hub.InvokeAsync<SubscribeReply>("Subscribe", new SubscribeRequest
        {
            Streams = [SubscribeRequest.NoticesStream],
            After = first,
        }, Cancellation);
        IReadOnlyList<ulong> stored = await TakeAsync(messages, 199);
        await PublishAsync(100);
        IReadOnlyList<ulong> live = await TakeAsync(messages, 100);

        Assert.NotNull(reply.Position);
        Assert.Equal(Enumerable.Range(2, 199).Select(n => (ulong)n), stored);
        Assert.Equal(Enumerable.Range(201, 100).Select(n => (ulong)n), live);
    }

    [Fact]
    public async Task The_hub_filters_and_a_bad_filter_names_its_column()
    {
        await using HubConnection hub = await ConnectAsync();
        Channel<NoticesMessage> messages = Listen(hub);
        await hub.InvokeAsync<SubscribeReply>("Subscribe", new SubscribeRequest
        {
            Streams = [SubscribeRequest.NoticesStream],
            Filter = "severity = 3",
        }, Cancellation);

        _spool.Alert(severity: 1);
        _spool.Alert(severity: 3);
        TestSpool.Wake(_folder.Run);
        HubException refused =
            await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync<SubscribeReply>("Subscribe",
            new SubscribeRequest { Streams = [SubscribeRequest.NoticesStream], Filter = "severity = x" },
                Cancellation));

        Assert.Equal([2ul], await TakeAsync(messages, 1));
        Assert.Contains("column 12", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_comes_at_once_when_it_is_subscribed()
    {
        await using HubConnection hub = await ConnectAsync();
        var states = Channel.CreateUnbounded<StateMessage>();
        hub.On<StateMessage>(StateMessage.Method, state => states.Writer.TryWrite(state));

        await hub.InvokeAsync<SubscribeReply>(
            "Subscribe", new SubscribeRequest { Streams = [SubscribeRequest.StateStream] }, Cancellation);

        StateMessage state = await states.Reader.ReadAsync(Cancellation);
        Assert.False(state.DataplaneConnected);
        Assert.NotEmpty(state.Sentence);
    }

    [Fact]
    public async Task MessagePack_carries_the_same_fields_as_JSON()
    {
        string first = await PublishAsync(2);
        await using HubConnection hub = new HubConnectionBuilder()
            .WithUrl(new Uri(_api.Address, "/hub/live"),
                http => http.AccessTokenProvider = () => Task.FromResult<string?>(_key))
            .AddMessagePackProtocol(pack => pack.SerializerOptions = MessagePackSerializerOptions.Standard
                .WithResolver(new JsonElementResolver()))
            .Build();
        await hub.StartAsync(Cancellation);
        var messages = Channel.CreateUnbounded<JsonElement>();
        hub.On<JsonElement>(NoticesMessage.Method, message => messages.Writer.TryWrite(message));

        await hub.InvokeAsync<JsonElement>("Subscribe",
            JsonSerializer.SerializeToElement(new { streams = new[] { "notices" }, after = first }),
                Cancellation);

        JsonElement message = await messages.Reader.ReadAsync(Cancellation);
        NoticesMessage read = message.Deserialize<NoticesMessage>(ApiJson.Shared)!;
        Assert.Equal(2ul, Assert.Single(read.Items).Seq);
        Assert.Equal("10.0.0.1", read.Items[0].Flow!.SrcIp);
    }

    [Fact]
    public async Task The_hub_refuses_who_has_no_key()
    {
        await using HubConnection hub = new HubConnectionBuilder()
            .WithUrl(new Uri(_api.Address, "/hub/live")).Build();

        HttpRequestException refused =
            await Assert.ThrowsAsync<HttpRequestException>(() => hub.StartAsync(Cancellation));

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_stream_resumes_behind_Last_Event_ID()
    {
        string first = await PublishAsync(3);
        using HttpClient http = await _api.ClientAsync("read:*");
        using var request =
            new HttpRequestMessage(HttpMethod.Get, "/api/v1/events/stream?after=00000000000000000000000000");
        request.Headers.Add("Last-Event-ID", first);

        using HttpResponseMessage response = await http.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("retry: 2000", await reader.ReadLineAsync(Cancellation));
        IReadOnlyList<ulong> stored = await EventsAsync(reader, 2);
        await PublishAsync(1);
        IReadOnlyList<ulong> live = await EventsAsync(reader, 1);

        Assert.Equal([2ul, 3ul], stored);
        Assert.Equal([4ul], live);
    }

    [Theory]
    [InlineData("filter=severity%20%3D")]
    [InlineData("after=nonsense")]
    [InlineData("speed=2")]
    public async Task A_stream_with_a_bad_query_is_400(string query)
    {
        using HttpClient http = await _api.ClientAsync("read:*");

        using HttpResponseMessage response =
            await http.GetAsync($"/api/v1/events/stream?{query}", Cancellation);

        await RunningApi.BodyAsync(response, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_restart_loses_no_notice_and_repeats_none()
    {
        await PublishAsync(5);
        await _api.DisposeAsync();
        for (int i = 0; i < 5; i++)
        {
            _spool.Alert();
        }

        _api = await RunningApi.StartAsync(_folder);

        using HttpClient http = await _api.ClientAsync("read:*");
        int[] all = await WaitForAsync(http, 10);
        Assert.Equal(Enumerable.Range(1, 10).Reverse(), all);
    }

    /// <summary>
    /// Spools so many alerts and waits until they are stored; returns the id of the oldest of all.
    /// </summary>
    private async Task<string> PublishAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _spool.Alert();
        }
        TestSpool.Wake(_folder.Run);
        using HttpClient http = await _api.ClientAsync("read:*");
        await WaitForAsync(http, (int)_spool.Next - 1);
        using HttpResponseMessage response = await http.GetAsync("/api/v1/notices?limit=1000", Cancellation);
        JsonElement page = await RunningApi.BodyAsync(response, HttpStatusCode.OK);
        return page.GetProperty("items").EnumerateArray().Last().GetProperty("id").GetString()!;
    }

    private static Task<int[]> WaitForAsync(HttpClient http, int count)
        => RunningApi.UntilAsync<int[]>(async () =>
    {
        using HttpResponseMessage response = await http.GetAsync("/api/v1/notices?limit=1000", Cancellation);
        JsonElement page = await RunningApi.BodyAsync(response, HttpStatusCode.OK);
        int[] seen =
            [.. page.GetProperty("items").EnumerateArray().Select(n => n.GetProperty("seq").GetInt32())];
        return seen.Length >= count ? seen : null;
    });

    private async Task<HubConnection> ConnectAsync()
    {
        HubConnection hub = new HubConnectionBuilder()
            .WithUrl(new Uri(_api.Address, "/hub/live"),
                http => http.AccessTokenProvider = () => Task.FromResult<string?>(_key))
            .AddJsonProtocol(json => json.PayloadSerializerOptions = ApiJson.Shared)
            .Build();
        await hub.StartAsync(Cancellation);
        return hub;
    }

    private static Channel<NoticesMessage> Listen(HubConnection hub)
    {
        var messages = Channel.CreateUnbounded<NoticesMessage>();
        hub.On<NoticesMessage>(NoticesMessage.Method, message => messages.Writer.TryWrite(message));
        return messages;
    }

    private static async Task<IReadOnlyList<ulong>> TakeAsync(Channel<NoticesMessage> messages, int count)
    {
        var taken = new List<ulong>();
        while (taken.Count < count)
        {
            NoticesMessage message = await messages.Reader.ReadAsync(Cancellation);
            Assert.InRange(message.Items.Count, 1, NoticesMessage.ItemsMax);
            Assert.Equal(message.Items[^1].Id, message.Last);
            taken.AddRange(message.Items.Select(n => n.Seq));
        }
        return taken;
    }

    private static async Task<IReadOnlyList<ulong>> EventsAsync(StreamReader reader, int count)
    {
        var seen = new List<ulong>();
        while (seen.Count < count && await reader.ReadLineAsync(Cancellation) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                seen.Add(JsonDocument.Parse(line["data: ".Length..]).RootElement.GetProperty(
                    "seq").GetUInt64());
            }
        }
        return seen;
    }
}
