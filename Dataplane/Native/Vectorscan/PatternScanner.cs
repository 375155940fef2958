using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dataplane.Native.Memory;

namespace Dataplane.Native.Vectorscan;

/// <summary>One worker's scratch space and list of matches; scans whole buffers and streams.</summary>
/// <remarks>
/// Budget:   0 bytes allocated per scan; libhs's own speed plus two transitions.
/// Threads:  one worker; Prepare on the control thread before that worker sees the database.
/// Lifetime: disposed after its worker has stopped. Matches are valid until the next scan.
/// </remarks>
public sealed unsafe class PatternScanner : IDisposable
{
    public const uint MatchMaxByDefault = 4096;

    private readonly NativeArray<PatternMatch> _matches;
    private readonly NativeArray<Sink> _sink;
    private nint _scratch;

    public PatternScanner(uint matchMax = MatchMaxByDefault)
    {
        _matches = new NativeArray<PatternMatch>(matchMax);
        _sink = new NativeArray<Sink>(1);
        _sink[0u] = new Sink { Matches = _matches.AddressOf(0), CountMax = matchMax };
    }

    /// <summary>The last scan's matches, ordered by their ends as libhs reports them.</summary>
    public ReadOnlySpan<PatternMatch> Matches => _matches.AsSpan(0, _sink[0u].Count);

    /// <summary>
    /// Matches of the last scan that found no place; then somebody must assume that all patterns matched.
    /// </summary>
    public uint LostMatchCount => _sink[0u].LostCount;

    /// <summary>
    /// Grows the scratch space for a database; call it before the first scan of that database.
    /// </summary>
    public void Prepare(PatternDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        int error = VectorscanLibrary.GrowScratch(database.Handle, ref _scratch);
        if (error != VectorscanLibrary.Success)
        {
            throw new InsufficientMemoryException(
                $"libhs found no memory for its scratch space (error {error}); lower limits or add memory.");
        }
    }

    /// <summary>Scans a whole buffer or datagram.</summary>
    public ScanOutcome Scan(PatternDatabase database, ReadOnlySpan<byte> bytes)
    {
        Reset();
        if (bytes.IsEmpty)
        {
            return ScanOutcome.Scanned;
        }
        fixed (byte* start = bytes)
        {
            // SAFETY: libhs uses bytes.Length bytes from start, may load up to a vector's width more (which
            // lie behind each NativeBlock and each mbuf's frame), and writes matches only through Append.
            return OutcomeOf(VectorscanLibrary.Scan(
                database.Handle, start, (uint)bytes.Length, 0, _scratch, &Append, _sink.AddressOf(0)));
        }
    }

    /// <summary>Scans the next bytes of a stream; ends are counted from the stream's first byte.</summary>
    public ScanOutcome Scan(PatternStreams streams, uint stream, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(streams);
        Reset();
        if (bytes.IsEmpty)
        {
            return ScanOutcome.Scanned;
        }
        fixed (byte* start = bytes)
        {
            // SAFETY: as above; Handle throws for a stream that is not open.
            return OutcomeOf(VectorscanLibrary.ScanStream(
                streams.Handle(stream), start, (uint)bytes.Length, 0, _scratch, &Append, _sink.AddressOf(0)));
        }
    }

    public void Dispose()
    {
        if (_scratch != 0)
        {
            _ = VectorscanLibrary.FreeScratch(_scratch);
            _scratch = 0;
        }
        _matches.Dispose();
        _sink.Dispose();
    }

    /// <summary>Never stops a scan and never throws: a full list is counted.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Append(uint id, ulong from, ulong to, uint flags, void* context)
    {
        // SAFETY: context is the scanner's own sink, which outlives the scan; Count < CountMax guards the
        // list.
        Sink* sink = (Sink*)context;
        if (sink->Count < sink->CountMax)
        {
            sink->Matches[sink->Count++] = new PatternMatch(id, to);
        }
        else
        {
            sink->LostCount++;
        }
        return 0;
    }

    private static ScanOutcome OutcomeOf(int error) =>
        error == VectorscanLibrary.Success ? ScanOutcome.Scanned : ScanOutcome.Refused;

    private void Reset()
    {
        ref Sink sink = ref _sink[0u];
        sink.Count = 0;
        sink.LostCount = 0;
    }

    private struct Sink
    {
        public PatternMatch* Matches;
        public uint Count;
        public uint CountMax;
        public uint LostCount;
    }
}
