using Microsoft.EntityFrameworkCore;
using Persistence.Rows;

namespace Persistence;

/// <summary>One file of stored notices. The file comes with the connection string.</summary>
public sealed class EventsDb(DbContextOptions<EventsDb> options) : DbContext(options)
{
    public const string Folder = "events";

    public DbSet<NoticeRow> Notices => Set<NoticeRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        var notices = modelBuilder.Entity<NoticeRow>().ToTable("notices");
        notices.HasKey(n => n.Seq);
        notices.Property(n => n.Seq).HasColumnName("seq").ValueGeneratedNever();
        notices.Property(n => n.Time).HasColumnName("time");
        notices.Property(n => n.Type).HasColumnName("type");
        notices.Property(n => n.Severity).HasColumnName("severity");
        notices.Property(n => n.SrcIp).HasColumnName("src_ip");
        notices.Property(n => n.SrcPort).HasColumnName("src_port");
        notices.Property(n => n.DestIp).HasColumnName("dest_ip");
        notices.Property(n => n.DestPort).HasColumnName("dest_port");
        notices.Property(n => n.Proto).HasColumnName("proto");
        notices.Property(n => n.Sid).HasColumnName("sid");
        notices.Property(n => n.Document).HasColumnName("document");
        notices.Property(n => n.Packet).HasColumnName("packet");
        notices.Ignore(n => n.ReceivedAt);
        notices.HasIndex(n => n.Time).HasDatabaseName("notices_time");
    }
}
