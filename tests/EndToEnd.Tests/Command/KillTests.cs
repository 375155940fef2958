using System.Diagnostics;
using System.Text.Json;

namespace EndToEnd.Tests.Command;

/// <summary>Processes killed at any moment lose and repeat nothing that the spool had accepted.</summary>
public sealed class KillTests
{
    /// <summary>Long: a busy machine starts processes slowly; a sound one needs a few seconds.</summary>
    private static readonly TimeSpan RecoversWithin = TimeSpan.FromMinutes(2);

    private const int PageMax = 1_000;

    [Fact]
    public async Task Every_accepted_notice_is_stored_once_and_traffic_comes_back_by_itself()
    {
        using RunningAppliance appliance = RunningAppliance.Start();
        using HttpClient client = appliance.NewClient("read:*");

        ulong first = await ReachAsync(client, 20);
        await KillAsync(appliance, client, "control-api");
        ulong second = await ReachAsync(client, first + 20);
        await KillAsync(appliance, client, "dataplane");
        ulong third = await ReachAsync(client, second + 20);
        await KillAsync(appliance, client, "control-api", "dataplane");
        await ReachAsync(client, third + 20);

        List<(ulong Sequence, string Id, string Type)> notices = await ReadAllAsync(client);
        Assert.Equal(
            Enumerable.Range(1, notices.Count).Select(n => (ulong)n),
            notices.Select(n => n.Sequence).Order());
        Assert.Distinct(notices.Select(n => n.Id));
        Assert.DoesNotContain(notices, n => n.Type == "EVENT/SYS/NOTICES_LOST");
    }

    /// <summary>Kills processes in mid-traffic and waits until others of that name are at work.</summary>
    private static async Task KillAsync(RunningAppliance appliance, HttpClient client, params string[] names)
    {
        IReadOnlyDictionary<string, int> before = appliance.Processes();
        string[] ids = [.. names.Select(name => $"{before[name]}")];
        ApplianceCommand.RunProgram("kill", ["-KILL", .. ids]);
        await UntilAsync(async () =>
        {
            IReadOnlyDictionary<string, int> now = appliance.Processes();
            return names.All(name => now.TryGetValue(name, out int id) && id != before[name])
                && (await client.GetAsync("healthz/ready", Cancellation)).IsSuccessStatusCode;
        });
    }

    /// <summary>Waits until a notice of that number or a later one is stored: traffic is inspected.</summary>
    private static async Task<ulong> ReachAsync(HttpClient client, ulong sequence)
    {
        ulong reached = 0;
        await UntilAsync(async () =>
        {
            reached = (await PageAsync(client, "limit=1")).Notices.Select(n => n.Sequence).FirstOrDefault();
            return reached >= sequence;
        });
        return reached;
    }

    private static async Task<List<(ulong Sequence, string Id, string Type)>> ReadAllAsync(HttpClient client)
    {
        List<(ulong, string, string)> all = [];
        string? after = null;
        do
        {
            string cursor = after is null ? "" : $"&after={after}";
            (var notices, after) = await PageAsync(client, $"limit={PageMax}{cursor}");
            all.AddRange(notices);
        }
        while (after is not null);
        return all;
    }

    private static async Task<(List<(ulong Sequence, string Id, string Type)> Notices, string? Next)>
        PageAsync(HttpClient client, string query)
    {
        using JsonDocument page = JsonDocument.Parse(
            await client.GetStringAsync($"api/v1/notices?{query}", Cancellation));
        return (
            [.. page.RootElement.GetProperty("items").EnumerateArray().Select(n => (
                n.GetProperty("seq").GetUInt64(), n.GetProperty("id").GetString()!,
                n.GetProperty("type").GetString()!))],
            page.RootElement.GetProperty("next").GetString());
    }

    /// <summary>Until it is so; requests that fail while a process is away are no answer.</summary>
    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        Stopwatch watch = Stopwatch.StartNew();
        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(200));
        while (await pace.WaitForNextTickAsync(Cancellation))
        {
            try
            {
                if (await isSo())
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                Assert.True(
                    watch.Elapsed < RecoversWithin, $"ControlApi was not back within {RecoversWithin}.");
            }
            Assert.True(watch.Elapsed < RecoversWithin, $"It was not so within {RecoversWithin}.");
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
