using ControlApi.Security;

namespace ControlApi.Live;

/// <summary>Ends hub connections within 30 s of the revocation of their key or session.</summary>
public sealed class RevocationWatch(HubConnections connections, TokenReader tokens, TimeProvider clock)
    : BackgroundService
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await connections.CloseRevokedAsync(tokens, stoppingToken);
        }
    }
}
