using Microsoft.Data.Sqlite;

namespace Persistence.Stores;

/// <summary>
/// Counts arriving alerts into their groups, and keeps in the same transaction how far it has come.
/// </summary>
/// <remarks>Threads: one. A group that was archived returns to the inbox with its next alert.</remarks>
public sealed class TriageWriter : IDisposable
{
    private const string Upsert = """
        INSERT INTO groups ("Id", "Title", "Severity", "State", "Count", "FirstTime", "LastTime")
        VALUES ($id, $title, $severity, 'inbox', 1, $time, $time)
        ON CONFLICT ("Id") DO UPDATE SET
          "Count" = "Count" + 1, "LastTime" = max("LastTime", excluded."LastTime"),
          "Severity" = min("Severity", excluded."Severity"),
          "State" = CASE "State" WHEN 'archived' THEN 'inbox' ELSE "State" END
        """;

    private const string Move = """
        INSERT INTO position ("Id", "Seq") VALUES (1, $seq)
        ON CONFLICT ("Id") DO UPDATE SET "Seq" = excluded."Seq"
        """;

    private static readonly string[] UpsertParameters = ["$id", "$title", "$severity", "$time"];

    private readonly SqliteConnection _connection;

    public TriageWriter(DataFolder folder)
    {
        _connection = SqliteFile.OpenWriter(Path.Combine(folder.Path, TriageDb.File));
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = "SELECT coalesce(max(\"Seq\"), 0) FROM position";
        Mark = (long)command.ExecuteScalar()!;
    }

    /// <summary>Sequence number of the last notice taken into account; 0 when there is none.</summary>
    public long Mark { get; private set; }

    /// <summary>Counts the alerts behind the mark and moves it to <paramref name="through"/>.</summary>
    public void Apply(IReadOnlyList<AlertArrival> alerts, long through)
    {
        if (through <= Mark)
        {
            return;
        }
        using SqliteTransaction transaction = _connection.BeginTransaction();
        using SqliteCommand upsert = _connection.CreateCommand();
        upsert.Transaction = transaction;
        upsert.CommandText = Upsert;
        SqliteParameter[] values = [.. UpsertParameters.Select(
            name => upsert.Parameters.Add(new SqliteParameter(name, null)))];
        foreach (AlertArrival alert in alerts.Where(a => a.Seq > Mark && a.Seq <= through))
        {
            values[0].Value = alert.GroupId;
            values[1].Value = alert.Title;
            values[2].Value = alert.Severity;
            values[3].Value = alert.Time;
            upsert.ExecuteNonQuery();
        }
        using SqliteCommand move = _connection.CreateCommand();
        move.Transaction = transaction;
        move.CommandText = Move;
        move.Parameters.AddWithValue("$seq", through);
        move.ExecuteNonQuery();
        transaction.Commit();
        Mark = through;
    }

    public void Dispose() => _connection.Dispose();
}
