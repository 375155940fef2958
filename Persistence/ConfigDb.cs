using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Persistence.Rows;

namespace Persistence;

/// <summary>
/// config.db: users, sessions, keys, links, revisions, operations, audit. Synchronous=FULL.
/// </summary>
public sealed class ConfigDb(DbContextOptions<ConfigDb> options) : IdentityUserContext<User>(options)
{
    public const string File = "config.db";

    public DbSet<SessionRow> Sessions => Set<SessionRow>();

    public DbSet<KeyRow> Keys => Set<KeyRow>();

    public DbSet<LinkRow> Links => Set<LinkRow>();

    public DbSet<RevisionRow> Revisions => Set<RevisionRow>();

    public DbSet<OperationRow> Operations => Set<OperationRow>();

    public DbSet<AuditRow> Audit => Set<AuditRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
        => configurationBuilder.Properties<DateTimeOffset>().HaveConversion<MicrosecondsConverter>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<User>().Property(u => u.Role).HasMaxLength(32);
        builder.Entity<SessionRow>().ToTable("sessions").HasIndex(s => s.UserName);
        builder.Entity<KeyRow>().ToTable("keys");
        builder.Entity<LinkRow>().ToTable("links");
        var revisions = builder.Entity<RevisionRow>().ToTable("revisions");
        revisions.HasKey(r => r.Number);
        revisions.Property(r => r.Number).ValueGeneratedNever();
        builder.Entity<OperationRow>().ToTable("operations").HasIndex(o => o.StartedAt);
        builder.Entity<AuditRow>().ToTable("audit");
    }
}
