using Microsoft.EntityFrameworkCore;

namespace Persistence;

/// <summary>
/// Brings databases to the schema of this build. Only the holder of <see cref="DataLock"/> may call.
/// </summary>
public static class Schema
{
    /// <summary>
    /// Left behind by a process killed while it migrated; EF would wait for it without end.
    /// </summary>
    private const string DropStaleLock = "DROP TABLE IF EXISTS \"__EFMigrationsLock\"";

    public static void Migrate(DbContext context, DataLock held)
    {
        ArgumentNullException.ThrowIfNull(held);
        context.Database.OpenConnection();
        try
        {
            context.Database.ExecuteSqlRaw("PRAGMA journal_mode=WAL");
            context.Database.ExecuteSqlRaw(DropStaleLock);
            context.Database.Migrate();
        }
        finally
        {
            context.Database.CloseConnection();
        }
    }

    /// <summary>True when nothing of this build's schema is missing.</summary>
    public static bool IsCurrent(DbContext context) => !context.Database.GetPendingMigrations().Any();
}
