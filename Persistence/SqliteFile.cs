using Microsoft.Data.Sqlite;

namespace Persistence;

/// <summary>How each of our SQLite files is opened.</summary>
public static class SqliteFile
{
    private const int BusyTimeoutSeconds = 5;

    /// <summary>Kibibytes of page cache for the file that is written at a rate.</summary>
    private const int WriterCacheKib = 65_536;

    public static string ConnectionString(string path, bool readOnly = false)
        => new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
            DefaultTimeout = BusyTimeoutSeconds,
            Pooling = true,
        }.ToString();

    /// <summary>An open connection for one writer: WAL, synchronous=NORMAL, a large cache.</summary>
    public static SqliteConnection OpenWriter(string path)
    {
        var connection = new SqliteConnection(ConnectionString(path));
        connection.Open();
        Execute(connection,
            $"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-{WriterCacheKib};");
        return connection;
    }

    public static SqliteConnection OpenReader(string path)
    {
        var connection = new SqliteConnection(ConnectionString(path, readOnly: true));
        connection.Open();
        return connection;
    }

    /// <summary>The file and what SQLite may put beside it.</summary>
    public static IReadOnlyList<string> WithCompanions(string path)
        => [path, path + "-wal", path + "-shm", path + "-journal"];

    /// <summary>Closes connections that wait in the pool, so that the file can be moved or removed.</summary>
    public static void Release(string path)
    {
        foreach (bool readOnly in new[] { true, false })
        {
            using var pooled = new SqliteConnection(ConnectionString(path, readOnly));
            SqliteConnection.ClearPool(pooled);
        }
    }

    public static void Execute(SqliteConnection connection, string statement)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Statements are constants of this project; values travel as parameters.
        command.CommandText = statement;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
