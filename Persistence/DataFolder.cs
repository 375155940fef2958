using Microsoft.EntityFrameworkCore;

namespace Persistence;

/// <summary>The data folder of one appliance: where its databases lie and how they are opened.</summary>
public sealed class DataFolder(string path)
{
    public string Path { get; } = path;

    public string Events => System.IO.Path.Combine(Path, EventsDb.Folder);

    private string ConfigFile => System.IO.Path.Combine(Path, ConfigDb.File);

    private string TriageFile => System.IO.Path.Combine(Path, TriageDb.File);

    public ConfigDb OpenConfig() => new(ConfigOptions());

    public TriageDb OpenTriage() => new(TriageOptions());

    public DbContextOptions<ConfigDb> ConfigOptions() => new DbContextOptionsBuilder<ConfigDb>()
        .UseSqlite(SqliteFile.ConnectionString(ConfigFile))
        .AddInterceptors(new SynchronousFull())
        .Options;

    public DbContextOptions<TriageDb> TriageOptions() => new DbContextOptionsBuilder<TriageDb>()
        .UseSqlite(SqliteFile.ConnectionString(TriageFile))
        .Options;

    public static EventsDb OpenEvents(string file) => new(new DbContextOptionsBuilder<EventsDb>()
        .UseSqlite(SqliteFile.ConnectionString(file))
        .Options);
}
