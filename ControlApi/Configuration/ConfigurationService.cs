using System.Text.Json;
using ControlApi.Contract.Configuration;
using ControlApi.Dataplane;
using Dataplane.Contract.Configuration;
using Grpc.Core;
using Persistence.Rows;
using Persistence.Stores;
using RpcDocument = Dataplane.Contract.Rpc.Configuration;

namespace ControlApi.Configuration;

/// <summary>
/// Checks, saves and applies whole documents, one at a time; knows which revision is active.
/// </summary>
public sealed class ConfigurationService(
    RevisionStore revisions, OperationLog operations, RuleFiles ruleFiles, DataplaneClient dataplane,
    TimeProvider clock, ILogger<ConfigurationService> log) : IDisposable
{
    /// <summary>How long a request waits for one that is being applied.</summary>
    private static readonly TimeSpan BusyPatience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _one = new(1, 1);
    private SavedDocument? _active;
    private CommitOrder? _startup;

    /// <summary>Raised when another revision became active, or an operation changed.</summary>
    public event Action? Changed;

    public SavedDocument? Active => Volatile.Read(ref _active);

    public uint ActiveRevision => Active?.Number ?? 0;

    /// <summary>Why the dataplane does not run what it should; empty when it does.</summary>
    public IReadOnlyList<ConfigFault> Faults { get; private set; } = [];

    /// <summary>
    /// Reads what was active when the last process ended. The startup document becomes a revision when the
    /// dataplane is there and it differs from the active one.
    /// </summary>
    public async Task LoadAsync(CommitOrder? startup, CancellationToken cancellation)
    {
        foreach (uint revision in await operations.EndLeftBehindAsync(cancellation))
        {
            await revisions.FailAsync(revision, "ControlApi ended while it was applied.", cancellation);
        }
        RevisionRow? row = await revisions.ActiveAsync(cancellation);
        Volatile.Write(ref _active, row is null ? null : SavedDocument.Of(row));
        _startup = startup;
    }

    /// <summary>Checks a document and saves it as a revision; applying it goes on behind.</summary>
    public async Task<CommitOutcome> CommitAsync(CommitOrder order, CancellationToken cancellation)
    {
        if (!await _one.WaitAsync(BusyPatience, cancellation))
        {
            return new CommitOutcome { IsBusy = true };
        }
        bool isHandedOn = false;
        try
        {
            if (order.BaseRevision is { } seen && seen != ActiveRevision)
            {
                return new CommitOutcome { Differences = await DifferencesAsync(seen, cancellation) };
            }
            (CommitOutcome outcome, SavedDocument? saved) = await SaveAsync(order, cancellation);
            if (saved is not null)
            {
                isHandedOn = true;
                _ = ApplyAndReleaseAsync(outcome.Operation!, saved);
            }
            return outcome;
        }
        finally
        {
            if (!isHandedOn)
            {
                _one.Release();
            }
        }
    }

    /// <summary>All faults of a document, as a commit would find them.</summary>
    public async Task<IReadOnlyList<ConfigFault>> CheckAsync(
        CommitOrder order, CancellationToken cancellation)
        => (await PrepareAsync(order, cancellation)).Faults;

    /// <summary>What the dataplane would run for a document; null with every fault of it.</summary>
    public async Task<(ChainPlan? Plan, IReadOnlyList<ConfigFault> Faults)> PlanAsync(
        CommitOrder order, CancellationToken cancellation)
    {
        (List<ConfigFault> faults, Dictionary<string, string> files) = KeepFiles(order);
        return faults.Count > 0
            ? (null, faults)
            : await dataplane.PlanAsync(MessageOf(order, files), cancellation);
    }

    /// <summary>The plan of the active document; null when there is none yet.</summary>
    public async Task<ChainPlan?> ActivePlanAsync(CancellationToken cancellation)
        => Active is not { } active
            ? null
            : (await dataplane.PlanAsync(DataplaneClient.Message(
                active.Json, active.BaseDirectory, ruleFiles.PathsOf(active.RuleFiles)), cancellation)).Plan;

    /// <summary>Gives the dataplane what it should run, if it runs something else.</summary>
    /// <returns>False when there was nothing to do, or a commit is under way.</returns>
    public async Task<bool> ReconcileAsync(uint running, CancellationToken cancellation)
    {
        if ((_startup is null && (Active is null || running == ActiveRevision))
            || !await _one.WaitAsync(TimeSpan.Zero, cancellation))
        {
            return false;
        }
        try
        {
            if (_startup is { } startup)
            {
                await StartWithAsync(startup, cancellation);
                _startup = null;
            }
            if (Active is { } active
                && (await dataplane.GetStateAsync(cancellation)).Revision != active.Number)
            {
                CheckedDocument result = await ApplyAsync(active, cancellation);
                Faults = result.Faults;
                log.LogInformation("Gave revision {Revision} to the dataplane: {Count} faults.",
                    active.Number,
                    result.Faults.Count);
                Changed?.Invoke();
            }
            return true;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task StartWithAsync(CommitOrder startup, CancellationToken cancellation)
    {
        var faults = new List<ConfigFault>();
        Dictionary<string, string> files = ruleFiles.Keep(
            startup.Document, startup.BaseDirectory, startup.RuleFiles, startup.RuleFileSource, faults);
        if (Active is { } active && faults.Count == 0 && active.Json == Write(startup.Document)
            && active.BaseDirectory == startup.BaseDirectory && active.RuleFiles.Count == files.Count
            && files.All(f => active.RuleFiles.GetValueOrDefault(f.Key) == f.Value))
        {
            return;
        }
        (CommitOutcome outcome, SavedDocument? saved) = await SaveAsync(startup, cancellation);
        if (saved is not null)
        {
            await FinishAsync(outcome.Operation!, saved, cancellation);
            return;
        }
        Faults = outcome.Faults;
        foreach (ConfigFault fault in outcome.Faults)
        {
            log.LogError("The document given at start has a fault at {Path}: {Message} {Fix}", fault.Path,
                fault.Message, fault.Fix);
        }
        Changed?.Invoke();
    }

    private async Task<(CommitOutcome Outcome, SavedDocument? Saved)> SaveAsync(
        CommitOrder order, CancellationToken cancellation)
    {
        Preparation prepared;
        try
        {
            prepared = await PrepareAsync(order, cancellation);
        }
        catch (RpcException error) when (
            error.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
        {
            return (new CommitOutcome { IsDataplaneAway = true }, null);
        }
        if (prepared.Faults.Count > 0)
        {
            return (new CommitOutcome { Faults = prepared.Faults }, null);
        }
        RevisionRow row = await revisions.AddAsync(number => new RevisionRow
        {
            Number = number,
            Document = Write(order.Document),
            RuleFiles = JsonSerializer.Serialize(prepared.RuleFiles),
            BaseDirectory = order.BaseDirectory,
            Author = order.Author,
            Note = order.Note,
            Time = clock.GetUtcNow(),
            Result = RevisionRow.Pending,
        }, cancellation);
        Operation operation = await operations.StartAsync(order.Kind, row.Number, cancellation);
        Changed?.Invoke();
        return (new CommitOutcome { Operation = operation }, SavedDocument.Of(row));
    }

    private async Task<Preparation> PrepareAsync(CommitOrder order, CancellationToken cancellation)
    {
        (List<ConfigFault> faults, Dictionary<string, string> files) = KeepFiles(order);
        if (faults.Count == 0)
        {
            CheckedDocument result = await dataplane.ValidateAsync(MessageOf(order, files), cancellation);
            faults.AddRange(result.Faults);
        }
        return new Preparation(faults, files);
    }

    /// <summary>What is wrong whatever dataplane runs a document, and its rule files by content.</summary>
    private (List<ConfigFault> Faults, Dictionary<string, string> Files) KeepFiles(CommitOrder order)
    {
        var faults = new List<ConfigFault>(DocumentRules.Check(order.Document));
        Dictionary<string, string> files = ruleFiles.Keep(
            order.Document, order.BaseDirectory, order.RuleFiles, order.RuleFileSource, faults);
        return (faults, files);
    }

    private RpcDocument MessageOf(CommitOrder order, Dictionary<string, string> files) =>
        DataplaneClient.Message(Write(order.Document), order.BaseDirectory, ruleFiles.PathsOf(files));

    private async Task ApplyAndReleaseAsync(Operation operation, SavedDocument saved)
    {
        try
        {
            await FinishAsync(operation, saved, CancellationToken.None);
        }
        catch (Exception error)
        {
            log.LogError(error, "Revision {Revision} could not be applied.", saved.Number);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Applies a saved revision and writes down how that ended.</summary>
    private async Task FinishAsync(Operation operation, SavedDocument saved, CancellationToken cancellation)
    {
        CheckedDocument result;
        try
        {
            result = await ApplyAsync(saved, cancellation);
        }
        catch (RpcException error)
        {
            result = new CheckedDocument([new ConfigFault("", "dataplane-away",
                $"The dataplane went away while it applied revision {saved.Number}: {error.Status.Detail}",
                "Commit again when it is back.")], []);
        }
        if (result.Faults.Count == 0)
        {
            await revisions.ActivateAsync(saved.Number, cancellation);
            Volatile.Write(ref _active, saved);
            Faults = [];
            await operations.EndAsync(operation with
            {
                State = OperationState.Active,
                RejectedRules = result.RejectedRules,
            }, cancellation);
        }
        else
        {
            string cause = result.Faults[0].Message;
            await revisions.FailAsync(saved.Number, cause, cancellation);
            await operations.EndAsync(operation with
            {
                State = OperationState.Failed,
                Cause = cause,
                Faults = result.Faults,
                RejectedRules = result.RejectedRules,
            }, cancellation);
        }
        Changed?.Invoke();
    }

    private Task<CheckedDocument> ApplyAsync(SavedDocument saved, CancellationToken cancellation)
        => dataplane.ApplyAsync(saved.Number, DataplaneClient.Message(
            saved.Json, saved.BaseDirectory, ruleFiles.PathsOf(saved.RuleFiles)), cancellation);

    private async Task<IReadOnlyList<FieldDifference>> DifferencesAsync(
        uint seen, CancellationToken cancellation)
    {
        RevisionRow? row = await revisions.FindAsync(seen, cancellation);
        return row is null || Active is null ? [] : JsonDifference.Between(row.Document, Active.Json);
    }

    private static string Write(ConfigurationDocument document)
        => JsonSerializer.Serialize(document, ConfigurationJson.Default.ConfigurationDocument);

    private sealed record Preparation(IReadOnlyList<ConfigFault> Faults,
        Dictionary<string, string> RuleFiles);
}
