using Persistence.Rows;
using Persistence.Stores;

namespace ControlApi.Security;

/// <summary>Writes down what somebody did.</summary>
public sealed class Audit(AuditStore store, TimeProvider clock)
{
    public Task AddAsync(
        HttpContext context, string action, string subject, string? detail, CancellationToken cancellation)
        => AddAsync(Caller.Of(context)?.Actor ?? "anonymous", action, subject, detail,
            context.Connection.RemoteIpAddress?.ToString(), cancellation);

    public Task AddAsync(
        string actor, string action, string subject, string? detail, string? address,
            CancellationToken cancellation)
        => store.AddAsync(new AuditRow
        {
            Time = clock.GetUtcNow(),
            Actor = actor,
            Action = action,
            Subject = subject,
            Detail = detail,
            Address = address,
        }, cancellation);
}
