using Microsoft.EntityFrameworkCore.Design;

namespace Persistence;

/// <summary>Lets dotnet-ef make migrations without a running appliance.</summary>
internal sealed class DesignTime
    : IDesignTimeDbContextFactory<ConfigDb>, IDesignTimeDbContextFactory<TriageDb>,
    IDesignTimeDbContextFactory<EventsDb>
{
    private static readonly DataFolder Folder = new(Path.GetTempPath());

    ConfigDb IDesignTimeDbContextFactory<ConfigDb>.CreateDbContext(string[] args) => Folder.OpenConfig();

    TriageDb IDesignTimeDbContextFactory<TriageDb>.CreateDbContext(string[] args) => Folder.OpenTriage();

    EventsDb IDesignTimeDbContextFactory<EventsDb>.CreateDbContext(string[] args)
        => DataFolder.OpenEvents(Path.Combine(Folder.Path, "events.db"));
}
