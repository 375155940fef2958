using System.Globalization;
using System.Text;
using Dataplane.Contract.Shared;
using Dataplane.Events;
using Dataplane.Native.Memory;

namespace Dataplane.Notices;

/// <summary>
/// The append-only spool of notices: numbers them without holes, keeps what it accepted,
/// survives a full disk.
/// </summary>
/// <remarks>
/// A notice that finds no room takes a sequence number and is lost; the first record after that is
/// NOTICES_LOST with the numbers from and to. Nothing accepted is ever written over or removed here: the
/// reader deletes segments when it has stored them.
/// Threads: the notice thread; the counters may be read by any.
/// </remarks>
public sealed class NoticeSpool : IDisposable
{
    /// <summary>Number of the spool among the pools that MEMCAP names.</summary>
    public const byte SpoolPool = 1;

    /// <summary>Kept free until the next segment is reserved:
    /// the news that the disk is full must fit.</summary>
    private const int NewsBytes = 1_024;

    /// <summary>After a refusal the disk is asked again at most this often.</summary>
    private const long RetryUs = 500_000;

    private readonly NoticeSpoolSettings _settings;
    private readonly NoticeNumbers _numbers;
    private SpoolSegment? _current;
    private SpoolSegment? _next;
    private ulong _lastNumber;
    private ulong _lastSequence;
    private ulong _lostFrom;
    private bool _roomReturned;
    private long _lastArrivalUs;
    private long _askAgainUs;
    private long _bytesMax;

    private NoticeSpool(NoticeSpoolSettings settings)
    {
        _settings = settings;
        _numbers = NoticeNumbers.Open(settings.Folder);
        _bytesMax = settings.BytesMax;
    }

    /// <summary>Number of the last notice, accepted or lost.</summary>
    public ulong LastSequence => Volatile.Read(ref _lastSequence);

    public ulong SpooledCount { get; private set; }

    public ulong LostCount { get; private set; }

    /// <summary>True while no further segment can be made, because of the disk or the cap.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Bytes of all segments, as of the last look.</summary>
    public long Bytes { get; private set; }

    public long BytesMax => Volatile.Read(ref _bytesMax);

    /// <summary>Changes the cap; may be called by another thread.</summary>
    public void Use(long bytesMax) => Volatile.Write(ref _bytesMax, bytesMax);

    /// <summary>Opens the spool behind the last record that any process before committed.</summary>
    /// <exception cref="IOException">The folder cannot be used;
    /// the message says why and what to do.</exception>
    public static NoticeSpool Open(NoticeSpoolSettings settings, long nowUs)
    {
        PrivateFolder.Create(settings.Folder);
        var spool = new NoticeSpool(settings);
        spool.Resume();
        if (spool.TryAdvance(nowUs, out SharedFileOutcome outcome) || outcome == SharedFileOutcome.NoSpace)
        {
            return spool;
        }
        throw new IOException($"The notice spool {settings.Folder} cannot be written ({outcome}); "
            + "make the folder writable for the user that runs the dataplane.");
    }

    /// <summary>Numbers and commits one notice; false when there was no room and it is lost,
    /// counted.</summary>
    public bool TryAppend(in SpoolNotice notice, long nowUs)
    {
        int bytes = notice.RecordBytes;
        if (_lostFrom != 0 || _roomReturned)
        {
            bytes += NewsBytes; // what must be said first
        }
        if (!HasRoom(bytes) && !TryAdvance(nowUs, out _))
        {
            Lose(1);
            return false;
        }
        Announce(nowUs);
        Write(in notice, nowUs);
        ReserveNext(nowUs);
        return true;
    }

    /// <summary>Accounts for notices that were lost before they came here:
    /// numbers them and announces them.</summary>
    public void Lose(ulong count)
    {
        _lostFrom = _lostFrom == 0 ? _lastSequence + 1 : _lostFrom;
        Volatile.Write(ref _lastSequence, _lastSequence + count);
        LostCount += count;
    }

    /// <summary>Says something about the appliance itself; as any notice it may be lost, counted.</summary>
    public bool TryTell<T>(in T body, Severity severity, ReadOnlySpan<byte> sideBlock, long nowUs)
        where T : unmanaged, IEvent
    {
        Span<byte> bytes = stackalloc byte[NoticeLayout.BodyBytesMax];
        SpoolNotice news = News(in body, severity, sideBlock, bytes, nowUs);
        return TryAppend(in news, nowUs);
    }

    /// <summary>Looks for room again, announces losses, writes to disk. Call about once a second.</summary>
    public void Tick(long nowUs)
    {
        _numbers.Keep(_lastSequence, isTick: true);
        ReserveNext(nowUs);
        if ((_lostFrom != 0 || _roomReturned) && (HasRoom(NewsBytes) || TryAdvance(nowUs, out _)))
        {
            Announce(nowUs);
        }
        if (_current is { IsDirty: true })
        {
            _current.Flush();
        }
    }

    public void Dispose()
    {
        _numbers.Keep(_lastSequence, isTick: true);
        _numbers.Dispose();
        _current?.Dispose();
        if (_next is not null)
        {
            _next.Dispose();
            File.Delete(PathOf(_next.Number) + SpoolLayout.UnfinishedExtension);
        }
    }

    private bool HasRoom(int bytes) =>
        _current is not null && _current.FreeBytes >= bytes + (_next is null ? NewsBytes : 0);

    /// <summary>Finds the last segment and the last record in it.</summary>
    private void Resume()
    {
        ulong[] numbers = SegmentNumbers();
        foreach (string left in Directory.EnumerateFiles(
            _settings.Folder, "*" + SpoolLayout.UnfinishedExtension))
        {
            File.Delete(left);
        }
        _lastNumber = numbers.Length == 0 ? 0 : numbers[^1];
        for (int i = numbers.Length - 1; i >= 0 && !ResumeFrom(numbers[i]); i--)
        {
            // A file that is no segment says nothing; the one before it does.
        }
        if (numbers.Length == 0 && _numbers.Last > 0)
        {
            // Somebody removed the segments: their numbers are known to readers and are not used again.
            _lastSequence = _numbers.Last;
            Lose(_numbers.Bound - _numbers.Last);
        }
    }

    private bool ResumeFrom(ulong number)
    {
        if (FirstSequenceOf(number) is not { } first || first == 0)
        {
            return false;
        }
        _lastSequence = first - 1;
        using var reader = new SpoolReader(_settings.Folder, first - 1);
        while (reader.TryRead(out SpoolRecord record))
        {
            _lastSequence = record.Header.Sequence;
            _lastArrivalUs = record.Header.ReceivedAt;
        }
        return true;
    }

    private ulong? FirstSequenceOf(ulong number)
    {
        if (SharedFile.TryOpen(PathOf(number), out SharedFile? file) != SharedFileOutcome.Done)
        {
            return null;
        }
        using (file)
        {
            if (file!.Length < SpoolLayout.SegmentHeaderBytes)
            {
                return null;
            }
            SpoolSegmentHeader header = file.At<SpoolSegmentHeader>(0);
            return header.Magic == SpoolLayout.Magic ? header.FirstSequence : null;
        }
    }

    /// <summary>Goes on in the next segment, reserving it now when that was not done before.</summary>
    private bool TryAdvance(long nowUs, out SharedFileOutcome outcome)
    {
        outcome = _next is null ? TryReserve(nowUs) : SharedFileOutcome.Done;
        if (_next is null)
        {
            return false;
        }
        SpoolSegment next = _next;
        _next = null;
        // Lost numbers belong before the segment: its first record announces them.
        next.Open(new SpoolSegmentHeader
        {
            FirstSequence = _lastSequence + 1,
            CreatedAt = nowUs,
            CatalogHash = _settings.CatalogHash,
            Node = _settings.Node,
            NodeNameBytes = (ushort)Math.Min(
                Encoding.UTF8.GetByteCount(_settings.NodeName), SharedName.BytesMax),
            NodeName = SharedName.Of(_settings.NodeName),
        });
        SpoolSegment? full = _current;
        _current = next;
        full?.Close();
        full?.Flush();
        full?.Dispose();
        return true;
    }

    /// <summary>Takes the blocks of the next segment early,
    /// while there is room to tell of a refusal.</summary>
    private void ReserveNext(long nowUs)
    {
        if (_next is null && (_current is null || _current.FreeBytes < _settings.SegmentBytes / 4))
        {
            TryReserve(nowUs);
        }
    }

    private SharedFileOutcome TryReserve(long nowUs)
    {
        if (nowUs < _askAgainUs)
        {
            return SharedFileOutcome.NoSpace;
        }
        ulong[] numbers = SegmentNumbers();
        Bytes = numbers.Length * (long)_settings.SegmentBytes;
        SharedFileOutcome outcome = Bytes + _settings.SegmentBytes > BytesMax
            ? SharedFileOutcome.NoSpace
            : SpoolSegment.TryReserve(_settings.Folder, _lastNumber + 1, _settings.SegmentBytes, out _next);
        if (_next is not null)
        {
            _lastNumber++;
            Bytes += _settings.SegmentBytes;
            _roomReturned |= IsFull;
            IsFull = false;
            return outcome;
        }
        _askAgainUs = nowUs + RetryUs;
        if (!IsFull)
        {
            IsFull = true;
            TellOfRefusal(nowUs);
        }
        return outcome;
    }

    private void TellOfRefusal(long nowUs)
    {
        if (_current is null)
        {
            return;
        }
        uint usedMiB = (uint)(Bytes >> 20);
        uint capMiB = (uint)(BytesMax >> 20);
        WriteNews(new StorageState(new SystemEvent(0), 1), Severity.High, nowUs);
        WriteNews(new MemoryCap(new SystemEvent(0), SpoolPool, usedMiB, capMiB), Severity.Medium, nowUs);
    }

    private void Announce(long nowUs)
    {
        if (_lostFrom != 0)
        {
            var lost = new NoticesLost(new SystemEvent(0), _lostFrom, _lastSequence);
            _lostFrom = 0;
            WriteNews(in lost, Severity.High, nowUs);
        }
        if (_roomReturned)
        {
            _roomReturned = false;
            WriteNews(new StorageState(new SystemEvent(0), 0), Severity.Information, nowUs);
        }
    }

    private void WriteNews<T>(in T body, Severity severity, long nowUs)
        where T : unmanaged, IEvent
    {
        Span<byte> bytes = stackalloc byte[NoticeLayout.BodyBytesMax];
        SpoolNotice news = News(in body, severity, default, bytes, nowUs);
        if (_current is not null && _current.FreeBytes >= news.RecordBytes)
        {
            Write(in news, nowUs);
        }
    }

    private static SpoolNotice News<T>(
        in T body, Severity severity, ReadOnlySpan<byte> sideBlock, Span<byte> bytes, long nowUs)
        where T : unmanaged, IEvent
    {
        EventRecord record = default;
        record.TypeId = EventType<T>.Id;
        Reinterpret.As<EventBody, T>(ref record.Body) = body;
        int count = NoticeLayout.Of(record.TypeId).Encode(in record, sideBlock, bytes);
        return new SpoolNotice
        {
            Header = new SpoolRecordHeader
            {
                Type = record.TypeId,
                Severity = (byte)severity,
                Time = nowUs,
                Port = byte.MaxValue,
            },
            Body = bytes[..count],
        };
    }

    private void Write(in SpoolNotice notice, long nowUs)
    {
        _lastArrivalUs = Math.Max(_lastArrivalUs, nowUs); // ids and arrival times never go back
        ulong sequence = _lastSequence + 1;
        SpoolRecordHeader header = notice.Header;
        header.Sequence = sequence;
        header.ReceivedAt = _lastArrivalUs;
        header.IdHigh = SpoolId.High(_lastArrivalUs / 1_000, _settings.Node);
        int bytes = SpoolEncoder.Encode(
            _current!.Room(notice.RecordBytes), header,
            notice.NfName, notice.ChainName, notice.AppProtocol, notice.Body, notice.Packet);
        _current.Commit(bytes, sequence);
        Volatile.Write(ref _lastSequence, sequence);
        _numbers.Keep(sequence, isTick: false);
        SpooledCount++;
    }

    private ulong[] SegmentNumbers()
    {
        var numbers = new List<ulong>();
        foreach (string path in Directory.EnumerateFiles(
            _settings.Folder, "*" + SpoolLayout.SegmentExtension))
        {
            if (ulong.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None,
                CultureInfo.InvariantCulture, out ulong number))
            {
                numbers.Add(number);
            }
        }
        numbers.Sort();
        return [.. numbers];
    }

    private string PathOf(ulong number) => Path.Combine(_settings.Folder, SpoolLayout.SegmentFile(number));
}
