using Microsoft.EntityFrameworkCore;
using Persistence.Rows;

namespace Persistence;

/// <summary>
/// triage.db: alert groups with their states and notes, and how far the spool was read into it.
/// </summary>
public sealed class TriageDb(DbContextOptions<TriageDb> options) : DbContext(options)
{
    public const string File = "triage.db";

    public DbSet<AlertGroupRow> Groups => Set<AlertGroupRow>();

    public DbSet<TriageNoteRow> Notes => Set<TriageNoteRow>();

    public DbSet<PositionRow> Position => Set<PositionRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
        => configurationBuilder.Properties<DateTimeOffset>().HaveConversion<MicrosecondsConverter>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<AlertGroupRow>().ToTable("groups").HasIndex(g => g.LastTime);
        modelBuilder.Entity<TriageNoteRow>().ToTable("notes").HasIndex(n => n.GroupId);
        modelBuilder.Entity<PositionRow>().ToTable("position").Property(p => p.Id).ValueGeneratedNever();
    }
}
