using System.Globalization;

namespace Dataplane.Contract.Shared;

/// <summary>Reads committed notices of a spool folder in order, from behind a sequence number on.</summary>
/// <remarks>
/// Threads: one. Survives a writer that died in mid-record (the tail is passed over when a later segment
/// exists); counts and passes over records that fail their checksum and files that are no segments.
/// </remarks>
public sealed class SpoolReader(string folder, ulong afterSequence) : IDisposable
{
    private SpoolSegmentReader? _segment;
    private ulong _segmentNumber;
    private bool _restIsLost;

    /// <summary>Number of the last record returned or passed over; resume from here.</summary>
    public ulong Position { get; private set; } = afterSequence;

    /// <summary>
    /// Records that failed their checksum, and segments that could not be read to their end.
    /// </summary>
    public ulong CorruptCount { get; private set; }

    /// <summary>Sequence numbers that were skipped without a record.</summary>
    public ulong MissingCount { get; private set; }

    /// <summary>The next committed record; false when there is none yet.</summary>
    public bool TryRead(out SpoolRecord record)
    {
        record = default;
        while (_segment is not null || OpenNext())
        {
            if (_restIsLost)
            {
                if (!OpenNext())
                {
                    return false;
                }
                continue;
            }
            switch (_segment!.Read(out ReadOnlySpan<byte> bytes, out ulong sequence))
            {
                case SpoolSegmentReader.Step.Record when sequence > Position:
                    CountMissing(sequence);
                    Position = sequence;
                    record = new SpoolRecord(bytes, _segment.Header.CatalogHash, _segment.NodeName);
                    return true;
                case SpoolSegmentReader.Step.Corrupt when sequence > Position:
                    CorruptCount++;
                    break;
                case SpoolSegmentReader.Step.Lost:
                    CorruptCount++;
                    _restIsLost = true;
                    break;
                case SpoolSegmentReader.Step.End when !LeaveSegment():
                    return false;
            }
        }
        return false;
    }

    /// <summary>Removes segments whose records all have numbers up to this one; never the newest.</summary>
    public int DeleteThrough(ulong sequence)
    {
        List<ulong> numbers = Segments();
        int deleted = 0;
        for (int i = 0; i + 1 < numbers.Count && numbers[i] < _segmentNumber; i++)
        {
            if (FirstSequenceOf(numbers[i + 1]) is not { } next || next > sequence + 1)
            {
                break;
            }
            File.Delete(PathOf(numbers[i]));
            deleted++;
        }
        return deleted;
    }

    public void Dispose() => _segment?.Dispose();

    /// <summary>
    /// Goes to the next segment if there is one; records committed meanwhile are read first.
    /// </summary>
    private bool LeaveSegment() => Segments().Exists(n => n > _segmentNumber)
        && (_segment!.Read(out _, out _) == SpoolSegmentReader.Step.End ? OpenNext() : Reopen());

    /// <summary>
    /// The writer committed between the two looks: start this segment again; read ones are skipped.
    /// </summary>
    private bool Reopen()
    {
        _segment!.Dispose();
        _segment = SpoolSegmentReader.Open(PathOf(_segmentNumber));
        return _segment is not null;
    }

    private bool OpenNext()
    {
        List<ulong> numbers = Segments().FindAll(n => n > _segmentNumber);
        if (_segment is null && _segmentNumber == 0)
        {
            SkipRead(numbers);
        }
        foreach (ulong number in numbers)
        {
            SpoolSegmentReader? next = SpoolSegmentReader.Open(PathOf(number));
            _segmentNumber = number;
            if (next is not null)
            {
                _segment?.Dispose();
                _segment = next;
                _restIsLost = false;
                return true;
            }
            CorruptCount++;
        }
        return false;
    }

    /// <summary>Drops segments before the one that holds the first record behind the position.</summary>
    private void SkipRead(List<ulong> numbers)
    {
        while (numbers.Count > 1 && FirstSequenceOf(numbers[1]) is { } next && next <= Position + 1)
        {
            numbers.RemoveAt(0);
        }
    }

    private ulong? FirstSequenceOf(ulong number)
    {
        using SpoolSegmentReader? segment = SpoolSegmentReader.Open(PathOf(number));
        return segment?.Header.FirstSequence;
    }

    private void CountMissing(ulong sequence)
    {
        if (Position != 0)
        {
            MissingCount += sequence - Position - 1;
        }
    }

    private List<ulong> Segments()
    {
        var numbers = new List<ulong>();
        if (Directory.Exists(folder))
        {
            foreach (string path in Directory.EnumerateFiles(folder, "*" + SpoolLayout.SegmentExtension))
            {
                if (ulong.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None,
                    CultureInfo.InvariantCulture, out ulong number) && number > 0)
                {
                    numbers.Add(number);
                }
            }
        }
        numbers.Sort();
        return numbers;
    }

    private string PathOf(ulong number) => Path.Combine(folder, SpoolLayout.SegmentFile(number));
}
