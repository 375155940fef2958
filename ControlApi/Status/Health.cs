using ControlApi.Configuration;
using ControlApi.Contract.Status;
using ControlApi.Dataplane;
using ControlApi.Notices;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Shared;

namespace ControlApi.Status;

/// <summary>How the appliance is: checks, each with its remedy, and one sentence.</summary>
public sealed class Health(
    DataplaneMonitor dataplane, ConfigurationService configuration, StatsFile stats, NoticeCounters notices,
    EventUpkeep upkeep)
{
    public HealthReport Report()
    {
        DataplaneStatus status = dataplane.Status;
        List<HealthCheck> checks = [CheckDataplane(status), CheckRevision(status)];
        checks.AddRange(
            status.Ports.Where(p => !p.Up).Select(p => new HealthCheck($"port {p.Id}", HealthState.Bad,
            p.Message ?? $"Port {p.Id} ({p.Device}) is down.", "Check the link and the interface's name.")));
        checks.AddRange(status.Ports.Where(p => p is { Up: true, Message: not null }).Select(p =>
            new HealthCheck($"port {p.Id}", HealthState.Degraded, p.Message!, null)));
        if (status.RejectedRules.Count > 0)
        {
            checks.Add(new HealthCheck("rules", HealthState.Degraded,
                $"{status.RejectedRules.Count} rules did not load; the others did.",
                "See the operation that applied the revision."));
        }
        CheckStorage(checks);
        HealthState worst = checks.Max(c => c.Health);
        return new HealthReport(worst, Sentence(worst, checks, status), checks);
    }

    private static HealthCheck CheckDataplane(DataplaneStatus status) => status.IsConnected
        ? new HealthCheck("dataplane", HealthState.Good, $"The dataplane {status.Version} is connected.",
            null)
        : new HealthCheck("dataplane", HealthState.Bad,
            $"The dataplane has been away since {status.Since:yyyy-MM-dd HH:mm:ss} UTC.",
            "It is started again by itself; if not, run: appliance status");

    private HealthCheck CheckRevision(DataplaneStatus status)
    {
        if (configuration.Faults is [{ } fault, ..])
        {
            return new HealthCheck("configuration", HealthState.Bad, $"{fault.Path}: {fault.Message}",
                fault.Fix);
        }
        if (configuration.Active is not { } active)
        {
            return new HealthCheck("configuration", HealthState.Bad, "Nothing is configured.",
                "Commit a document, or start with --config FILE.");
        }
        return status.IsConnected && status.Revision == active.Number
            ? new HealthCheck("configuration", HealthState.Good, $"Revision {active.Number} is active.", null)
            : new HealthCheck("configuration", HealthState.Degraded,
                $"Revision {active.Number} waits for the dataplane.", null);
    }

    private void CheckStorage(List<HealthCheck> checks)
    {
        TotalsRow totals = stats.Totals;
        if (notices.StorageFault is { } fault)
        {
            checks.Add(new HealthCheck("storage", HealthState.Bad, $"Notices cannot be stored: {fault}",
                "Check the room on the disk; the spool keeps notices until then."));
        }
        else if (upkeep.IsDiskScarce)
        {
            checks.Add(new HealthCheck("storage", HealthState.Degraded,
                "The disk has so little room that notices for information are not stored.",
                    "Free some room."));
        }
        if (totals.SpoolFull != 0)
        {
            checks.Add(
                new HealthCheck("spool", HealthState.Bad, "The notice spool is full; notices are being lost.",
                "Free some room on the disk of the data folder."));
        }
        if (notices.Corrupt > 0)
        {
            checks.Add(new HealthCheck("spool", HealthState.Degraded,
                $"{notices.Corrupt} records of the spool could not be read.", "Check the disk."));
        }
    }

    private string Sentence(HealthState worst, List<HealthCheck> checks, DataplaneStatus status)
    {
        if (worst != HealthState.Good)
        {
            return checks.First(c => c.Health == worst).Message;
        }
        string demo = IsDemo(configuration.Active?.Document) ? " of the demo" : "";
        return status.Ports.Count == 1
            ? $"All is well: revision {status.Revision}{demo} runs on one port."
            : $"All is well: revision {status.Revision}{demo} runs on {status.Ports.Count} ports.";
    }

    /// <summary>True when every port shows the bundled captures.</summary>
    public static bool IsDemo(ConfigurationDocument? document)
        => document is { Ports.Count: > 0 } && document.Ports.All(p => p.Device == "demo");
}
