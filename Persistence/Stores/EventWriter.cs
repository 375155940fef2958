using Microsoft.Data.Sqlite;
using Persistence.Rows;

namespace Persistence.Stores;

/// <summary>Appends notices to day files in batches, each batch one transaction per file.</summary>
/// <remarks>
/// Threads: one. Rows at or below the high-water mark are passed over, so feeding twice changes nothing.
/// </remarks>
public sealed class EventWriter : IDisposable
{
    public const int RowsPerFileMax = 1_000_000;

    private const string UnfinishedExtension = ".new";

    private const string Insert = """
        INSERT OR IGNORE INTO notices
          (seq, time, type, severity, src_ip, src_port, dest_ip, dest_port, proto, sid, document, packet)
        VALUES ($seq, $time, $type, $severity, $src_ip, $src_port, $dest_ip, $dest_port, $proto, $sid,
          $document, $packet)
        """;

    private static readonly string[] Parameters =
    [
        "$seq", "$time", "$type", "$severity", "$src_ip", "$src_port", "$dest_ip", "$dest_port", "$proto",
            "$sid",
        "$document", "$packet",
    ];

    private readonly string _folder;
    private readonly DataLock _lock;
    private readonly int _rowsPerFileMax;
    private EventFile? _file;
    private SqliteConnection? _connection;
    private SqliteCommand? _insert;
    private long _rows;

    public EventWriter(DataFolder folder, DataLock held, int rowsPerFileMax = RowsPerFileMax)
    {
        _folder = folder.Events;
        _lock = held;
        _rowsPerFileMax = rowsPerFileMax;
        Directory.CreateDirectory(_folder);
        IReadOnlyList<EventFile> files = EventFile.All(_folder);
        foreach (EventFile file in files)
        {
            Migrate(file);
        }
        if (files.Count > 0)
        {
            Open(files[^1]);
            Mark = files.Reverse().Select(GreatestKey).FirstOrDefault(key => key > 0);
        }
    }

    /// <summary>Sequence number of the last notice stored; 0 when there is none.</summary>
    public long Mark { get; private set; }

    /// <summary>The file being written; null before the first notice.</summary>
    public EventFile? Current => _file;

    /// <summary>Stores a batch in spool order. When it returns, the rows are in the file.</summary>
    public void Append(IReadOnlyList<NoticeRow> batch)
    {
        int at = 0;
        while (at < batch.Count)
        {
            if (batch[at].Seq <= Mark)
            {
                at++;
                continue;
            }
            DateOnly day = DayOf(batch[at]);
            if (_file is null || day > _file.Value.Day || _rows >= _rowsPerFileMax)
            {
                Roll(day);
            }
            at = AppendToFile(batch, at);
        }
    }

    /// <summary>
    /// Ends the current file, so that retention may remove it; the next batch begins another.
    /// </summary>
    public void EndFile()
    {
        if (_file is not null && _rows > 0)
        {
            Roll(_file.Value.Day);
        }
    }

    public void Dispose()
    {
        _insert?.Dispose();
        _connection?.Dispose();
    }

    private static DateOnly DayOf(NoticeRow row)
        => DateOnly.FromDateTime(Microseconds.ToMoment(row.ReceivedAt).UtcDateTime);

    private int AppendToFile(IReadOnlyList<NoticeRow> batch, int from)
    {
        using SqliteTransaction transaction = _connection!.BeginTransaction();
        _insert!.Transaction = transaction;
        int at = from;
        long mark = Mark;
        long rows = _rows;
        while (at < batch.Count && DayOf(batch[at]) <= _file!.Value.Day && rows < _rowsPerFileMax)
        {
            if (batch[at].Seq > mark)
            {
                InsertRow(batch[at]);
                mark = batch[at].Seq;
                rows++;
            }
            at++;
        }
        transaction.Commit();
        Mark = mark;
        _rows = rows;
        return at;
    }

    private void InsertRow(NoticeRow row)
    {
        SqliteParameterCollection values = _insert!.Parameters;
        values[0].Value = row.Seq;
        values[1].Value = row.Time;
        values[2].Value = row.Type;
        values[3].Value = row.Severity;
        values[4].Value = (object?)row.SrcIp ?? DBNull.Value;
        values[5].Value = (object?)row.SrcPort ?? DBNull.Value;
        values[6].Value = (object?)row.DestIp ?? DBNull.Value;
        values[7].Value = (object?)row.DestPort ?? DBNull.Value;
        values[8].Value = (object?)row.Proto ?? DBNull.Value;
        values[9].Value = (object?)row.Sid ?? DBNull.Value;
        values[10].Value = row.Document;
        values[11].Value = (object?)row.Packet ?? DBNull.Value;
        _insert.ExecuteNonQuery();
    }

    private void Roll(DateOnly day)
    {
        DateOnly notBefore = _file is { } old && old.Day > day ? old.Day : day;
        int number = _file is { } current && current.Day == notBefore ? current.Number + 1 : 1;
        EventFile next = EventFile.In(_folder, notBefore, number);
        Make(next);
        Open(next);
    }

    /// <summary>
    /// Makes a file under another name first: searches must never see one without its tables.
    /// </summary>
    private void Make(EventFile file)
    {
        string unfinished = file.Path + UnfinishedExtension;
        foreach (string path in SqliteFile.WithCompanions(unfinished))
        {
            File.Delete(path);
        }
        using (EventsDb context = DataFolder.OpenEvents(unfinished))
        {
            Schema.Migrate(context, _lock);
        }
        SqliteFile.Release(unfinished);
        File.Move(unfinished, file.Path);
    }

    private void Migrate(EventFile file)
    {
        using EventsDb context = DataFolder.OpenEvents(file.Path);
        if (!Schema.IsCurrent(context))
        {
            ClosedFiles.AllowWriting(file);
            Schema.Migrate(context, _lock);
        }
    }

    private void Open(EventFile file)
    {
        Dispose();
        _file = file;
        _connection = SqliteFile.OpenWriter(file.Path);
        using SqliteCommand count = _connection.CreateCommand();
        count.CommandText = "SELECT count(*) FROM notices";
        _rows = (long)count.ExecuteScalar()!;
        _insert = _connection.CreateCommand();
        _insert.CommandText = Insert;
        foreach (string name in Parameters)
        {
            _insert.Parameters.Add(new SqliteParameter(name, null));
        }
        _insert.Prepare();
    }

    private static long GreatestKey(EventFile file)
    {
        using SqliteConnection connection = SqliteFile.OpenReader(file.Path);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT coalesce(max(seq), 0) FROM notices";
        return (long)command.ExecuteScalar()!;
    }
}
