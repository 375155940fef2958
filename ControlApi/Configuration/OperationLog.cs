using System.Text.Json;
using ControlApi.Contract.Configuration;
using ControlApi.Notices;
using Dataplane.Contract.Configuration;
using Persistence.Rows;
using Persistence.Stores;

namespace ControlApi.Configuration;

/// <summary>Operations and how they ended; the latest is at hand for the state message.</summary>
public sealed class OperationLog(OperationStore store, TimeProvider clock)
{
    private Operation? _latest;

    /// <summary>The operation that began last since the start of this process.</summary>
    public Operation? Latest => Volatile.Read(ref _latest);

    public async Task<Operation> StartAsync(string kind, uint revision, CancellationToken cancellation)
    {
        var operation = new Operation
        {
            Id = Ulid.NewUlid().ToString(),
            Kind = kind,
            State = OperationState.Running,
            Revision = revision,
            StartedAt = clock.GetUtcNow(),
        };
        await store.AddAsync(ToRow(operation), cancellation);
        Volatile.Write(ref _latest, operation);
        return operation;
    }

    public async Task EndAsync(Operation operation, CancellationToken cancellation)
    {
        await store.UpdateAsync(ToRow(operation), cancellation);
        Volatile.Write(ref _latest, operation);
    }

    public async Task<Operation?> FindAsync(string id, CancellationToken cancellation)
        => await store.FindAsync(id, cancellation) is { } row ? FromRow(row) : null;

    /// <summary>Fails operations that a killed process left running; returns their revisions.</summary>
    public async Task<IReadOnlyList<uint>> EndLeftBehindAsync(CancellationToken cancellation)
    {
        IReadOnlyList<OperationRow> rows =
            await store.InStateAsync(nameof(OperationState.Running), cancellation);
        foreach (OperationRow row in rows)
        {
            row.State = nameof(OperationState.Failed);
            row.Cause = "ControlApi ended while this ran; commit again.";
            await store.UpdateAsync(row, cancellation);
        }
        return [.. rows.Where(r => r.Revision is not null).Select(r => r.Revision!.Value)];
    }

    private static OperationRow ToRow(Operation operation) => new()
    {
        Id = operation.Id,
        Kind = operation.Kind,
        State = operation.State.ToString(),
        Revision = operation.Revision,
        StartedAt = operation.StartedAt,
        Cause = operation.Cause,
        Faults = operation.Faults is null
            ? null : JsonSerializer.Serialize(operation.Faults, NoticeJson.Relaxed),
        RejectedRules = JsonSerializer.Serialize(operation.RejectedRules, NoticeJson.Relaxed),
    };

    private static Operation FromRow(OperationRow row) => new()
    {
        Id = row.Id,
        Kind = row.Kind,
        State = Enum.Parse<OperationState>(row.State),
        Revision = row.Revision,
        StartedAt = row.StartedAt,
        Cause = row.Cause,
        Faults = row.Faults is null ? null
            : JsonSerializer.Deserialize<IReadOnlyList<ConfigFault>>(row.Faults, NoticeJson.Relaxed),
        RejectedRules = row.RejectedRules is null ? []
            : JsonSerializer.Deserialize<IReadOnlyList<RejectedRule>>(row.RejectedRules, NoticeJson.Relaxed)!,
    };
}
