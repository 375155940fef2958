using Microsoft.Data.Sqlite;

namespace Persistence.Stores;

/// <summary>Finds stored notices, newest first, walking files until the page is full.</summary>
/// <remarks>Threads: any number, beside the writer.</remarks>
public sealed class EventSearch(DataFolder folder)
{
    /// <summary>Stops a search that would keep a reader waiting for too long.</summary>
    private const int CommandTimeoutSeconds = 30;

    public IReadOnlyList<StoredNotice> Find(NoticeSearch search, CancellationToken cancellation)
    {
        var found = new List<StoredNotice>();
        foreach (EventFile file in EventFile.All(folder.Events).Reverse())
        {
            cancellation.ThrowIfCancellationRequested();
            FindIn(file, search, search.Limit - found.Count, found, cancellation);
            if (found.Count >= search.Limit)
            {
                break;
            }
        }
        return found;
    }

    public StoredNotice? FindOne(long seq)
    {
        foreach (EventFile file in EventFile.All(folder.Events).Reverse())
        {
            if (ReadOne<StoredNotice>(file, "document", seq, r => new(seq, r.GetString(0))) is { } found)
            {
                return found;
            }
        }
        return null;
    }

    /// <summary>Bytes of a notice's packet; null when the notice is unknown or has none.</summary>
    public byte[]? FindPacket(long seq)
    {
        foreach (EventFile file in EventFile.All(folder.Events).Reverse())
        {
            if (ReadOne<StoredPacket>(file, "packet", seq,
                r => new(r.IsDBNull(0) ? null : (byte[])r[0])) is { } found)
            {
                return found.Bytes;
            }
        }
        return null;
    }

    private static void FindIn(
        EventFile file, NoticeSearch search, int limit, List<StoredNotice> found,
            CancellationToken cancellation)
    {
        if (TryOpen(file) is not { } connection)
        {
            return;
        }
        using (connection)
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandTimeout = CommandTimeoutSeconds;
#pragma warning disable CA2100 // Condition.Sql is made by our filter compiler; its values are parameters.
            command.CommandText = $"""
                SELECT seq, document FROM notices
                WHERE seq > $after AND seq < $before AND time >= $from AND time <= $to
                  AND ({search.Condition.Sql})
                ORDER BY seq DESC LIMIT $limit
                """;
#pragma warning restore CA2100
            command.Parameters.AddWithValue("$after", search.After ?? 0);
            command.Parameters.AddWithValue("$before", search.Before ?? long.MaxValue);
            command.Parameters.AddWithValue("$from", search.From ?? long.MinValue);
            command.Parameters.AddWithValue("$to", search.To ?? long.MaxValue);
            command.Parameters.AddWithValue("$limit", limit);
            for (int i = 0; i < search.Condition.Parameters.Count; i++)
            {
                command.Parameters.AddWithValue($"$p{i}", search.Condition.Parameters[i]);
            }
            using CancellationTokenRegistration stop = cancellation.Register(command.Cancel);
            using SqliteDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                cancellation.ThrowIfCancellationRequested();
                found.Add(new StoredNotice(reader.GetInt64(0), reader.GetString(1)));
            }
        }
    }

    private static T? ReadOne<T>(EventFile file, string column, long seq, Func<SqliteDataReader, T> read)
        where T : struct
    {
        if (TryOpen(file) is not { } connection)
        {
            return null;
        }
        using (connection)
        {
            using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The column is one of this file's constants.
            command.CommandText = $"SELECT {column} FROM notices WHERE seq = $seq";
#pragma warning restore CA2100
            command.Parameters.AddWithValue("$seq", seq);
            using SqliteDataReader reader = command.ExecuteReader();
            return reader.Read() ? read(reader) : null;
        }
    }

    /// <summary>A connection, or null when retention removed the file since it was listed.</summary>
    private static SqliteConnection? TryOpen(EventFile file)
    {
        try
        {
            return SqliteFile.OpenReader(file.Path);
        }
        catch (SqliteException) when (!File.Exists(file.Path))
        {
            return null;
        }
    }

    private readonly record struct StoredPacket(byte[]? Bytes);
}
