using System.Net;
using System.Text.Json;
using ControlApi.Tests.Harness;
using Dataplane.Contract.Shared;
using Persistence;

namespace ControlApi.Tests.Status;

/// <summary>What the dataplane counts of its rings, as operators and programs see it.</summary>
public sealed class QueueCounterTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private StatsWriter _stats = null!;
    private RunningApi _api = null!;
    private ulong _shed;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _stats = StatsWriter.Create(Path.Combine(_folder.Run, StatsLayout.File), 1, Now);
        _api = await RunningApi.StartAsync(_folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        _stats.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Metrics_have_a_sample_of_each_ring_counter()
    {
        WriteNf();
        string text = await _api.Http.GetStringAsync("/metrics", Cancellation);
        Assert.Contains("microbox_queue_packets{nf=\"ids\"} 12\n", text, StringComparison.Ordinal);
        Assert.Contains("microbox_queue_packets_high{nf=\"ids\"} 700\n", text, StringComparison.Ordinal);
        Assert.Contains("microbox_queue_packets_max{nf=\"ids\"} 1024\n", text, StringComparison.Ordinal);
        Assert.Contains("microbox_queue_shed_total{nf=\"ids\"} 50\n", text, StringComparison.Ordinal);
        Assert.Contains("microbox_nf_up{nf=\"ids\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("microbox_nf_up{nf=\"log\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("microbox_queue_waits_total{nf=\"ids\"} 3\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rates_tell_what_waits_and_what_is_shed_a_second()
    {
        using HttpClient client = await _api.ClientAsync("read:*");
        JsonElement[] nfs = await RunningApi.UntilAsync<JsonElement[]>(async () =>
        {
            WriteNf(); // sheds ten more at each look
            using HttpResponseMessage response = await client.GetAsync("/api/v1/rates", Cancellation);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return null;
            }

            JsonElement rates = await RunningApi.BodyAsync(response, HttpStatusCode.OK);
            JsonElement[] found = [.. rates.GetProperty("nfs").EnumerateArray()];
            return found.Length == 2 && found[0].GetProperty("shed").GetDouble() > 0 ? found : null;
        });

        JsonElement nf = nfs[0];
        Assert.False(nfs[1].GetProperty("running").GetBoolean());
        Assert.True(nf.GetProperty("running").GetBoolean());
        Assert.Equal("ids", nf.GetProperty("name").GetString());
        Assert.Equal(12, nf.GetProperty("queuePackets").GetInt32());
        Assert.Equal(700, nf.GetProperty("queueHighWater").GetInt32());
        Assert.Equal(1_024, nf.GetProperty("queueMax").GetInt32());
        Assert.Equal(0, nf.GetProperty("queueWaits").GetDouble());
    }

    private static long Now => Microseconds.Of(DateTimeOffset.UtcNow);

    private void WriteNf()
    {
        _shed += _shed == 0 ? 50u : 10u;
        _stats.Write<NfRow>(StatsLayout.Nfs,
        [
            new NfRow
            {
                Name = SharedName.Of("ids"),
                Kind = SharedName.Of("signature-match"),
                Chain = SharedName.Of("edge"),
                QueuePackets = 12,
                QueueHighWater = 700,
                QueueMax = 1_024,
                QueueWaits = 3,
                Shed = _shed,
            },
            new NfRow { Name = SharedName.Of("log"), Chain = SharedName.Of("edge"), State = 1 },
        ]);
        _stats.Write<TotalsRow>(StatsLayout.Totals, [default]);
        _stats.Beat(Now);
    }
}
