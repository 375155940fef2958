using System.Threading.Channels;
using ControlApi.Configuration;
using ControlApi.Contract.Live;
using ControlApi.Contract.Status;
using ControlApi.Dataplane;
using ControlApi.Live;

namespace ControlApi.Status;

/// <summary>Tells listeners when revision, operation, process or port changed.</summary>
public sealed class StateWatch : BackgroundService
{
    /// <summary>Also looks unasked: disks fill without raising anything.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly DataplaneMonitor _dataplane;
    private readonly ConfigurationService _configuration;
    private readonly OperationLog _operations;
    private readonly Health _health;
    private readonly LiveFeed _feed;
    private HealthState? _lastHealth;

    public StateWatch(
        DataplaneMonitor dataplane, ConfigurationService configuration, OperationLog operations,
            Health health,
        LiveFeed feed)
    {
        _dataplane = dataplane;
        _configuration = configuration;
        _operations = operations;
        _health = health;
        _feed = feed;
        dataplane.Changed += Wake;
        configuration.Changed += Wake;
    }

    public override void Dispose()
    {
        _dataplane.Changed -= Wake;
        _configuration.Changed -= Wake;
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        bool isAsked = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            Publish(isAsked);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            deadline.CancelAfter(Patience);
            try
            {
                isAsked = await _changes.Reader.ReadAsync(deadline.Token);
            }
            catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
            {
                isAsked = false;
            }
        }
    }

    private void Wake() => _changes.Writer.TryWrite(true);

    private void Publish(bool isAsked)
    {
        HealthReport report = _health.Report();
        if (isAsked || report.Health != _lastHealth)
        {
            _lastHealth = report.Health;
            DataplaneStatus status = _dataplane.Status;
            _feed.Publish(new StateMessage
            {
                Health = report.Health,
                Sentence = report.Sentence,
                DataplaneConnected = status.IsConnected,
                DataplaneSince = status.Since,
                Revision = _configuration.ActiveRevision,
                Operation = _operations.Latest,
                Ports = status.Ports,
            });
        }
    }
}
