namespace Dataplane.Native.Pcre2;

/// <summary>One worker's match data, machine stack and limits; matches any pattern.</summary>
/// <remarks>
/// Budget:   0 bytes allocated per match.
/// Threads:  one worker.
/// Lifetime: disposed after its worker has stopped. Groups are valid until the next match.
/// </remarks>
public sealed unsafe class PcreMatcher : IDisposable
{
    public const int GroupMax = 64;
    public const uint MatchLimitByDefault = 3500; // Suricata's
    public const uint DepthLimitByDefault = 1500; // Suricata's

    private const uint HeapLimitKibibytes = 1024;
    private const nuint JitStackStartBytes = 32 * 1024;
    private const nuint JitStackMaxBytes = 512 * 1024;

    private readonly nuint* _offsets;
    private nint _context;
    private nint _data;
    private nint _jitStack;
    private int _groupCount;

    public PcreMatcher(uint matchLimit = MatchLimitByDefault, uint depthLimit = DepthLimitByDefault)
    {
        _context = Pcre2Library.CreateMatchContext(0);
        _data = Pcre2Library.CreateMatchData(GroupMax + 1, 0);
        _jitStack = Pcre2Library.CreateJitStack(JitStackStartBytes, JitStackMaxBytes, 0);
        if (_context == 0 || _data == 0 || _jitStack == 0)
        {
            Dispose();
            throw new InsufficientMemoryException(
                "PCRE2 found no memory for a matcher; lower limits or add memory.");
        }
        _offsets = Pcre2Library.Offsets(_data);
        _ = Pcre2Library.SetMatchLimit(_context, matchLimit);
        _ = Pcre2Library.SetDepthLimit(_context, depthLimit);
        _ = Pcre2Library.SetHeapLimit(_context, HeapLimitKibibytes);
        Pcre2Library.AssignJitStack(_context, 0, _jitStack);
    }

    /// <summary>Groups that the last match may have set, the whole match (group 0) included.</summary>
    public int GroupCount => _groupCount;

    /// <summary>
    /// Looks for the pattern at or after <paramref name="start"/>; look-behind sees the bytes before.
    /// </summary>
    public PcreOutcome Match(PcrePattern pattern, ReadOnlySpan<byte> subject, int start = 0)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)subject.Length);
        ObjectDisposedException.ThrowIf(_data == 0, this);
        byte nothing = 0;
        int result;
        fixed (byte* first = subject)
        {
            // SAFETY: PCRE2 reads subject.Length bytes and writes at most GroupMax + 1 pairs of offsets.
            result = Pcre2Library.Match(
                pattern.Code,
                first == null ? &nothing : first,
                (nuint)subject.Length,
                (nuint)start,
                0,
                _data,
                _context);
        }

        // 0 means a match with more groups than there is room for.
        _groupCount = result == 0 ? GroupMax + 1 : Math.Max(result, 0);
        return result switch
        {
            >= 0 => PcreOutcome.Matched,
            Pcre2Library.NoMatch => PcreOutcome.NoMatch,
            Pcre2Library.MatchLimit or Pcre2Library.DepthLimit or Pcre2Library.HeapLimit
                or Pcre2Library.JitStackLimit => PcreOutcome.LimitReached,
            _ => PcreOutcome.Failed,
        };
    }

    /// <summary>Where a group lies in the subject; false when it took no part in the match.</summary>
    public bool TryGetGroup(int group, out int start, out int end)
    {
        start = 0;
        end = 0;

        // SAFETY: _groupCount <= GroupMax + 1, the number of pairs that were allocated.
        if ((uint)group >= (uint)_groupCount || _offsets[2 * group] == Pcre2Library.Unset)
        {
            return false;
        }
        start = (int)_offsets[2 * group];
        end = (int)_offsets[(2 * group) + 1];
        return true;
    }

    public void Dispose()
    {
        _groupCount = 0;
        if (_data != 0)
        {
            Pcre2Library.FreeMatchData(_data);
        }
        if (_context != 0)
        {
            Pcre2Library.FreeMatchContext(_context);
        }
        if (_jitStack != 0)
        {
            Pcre2Library.FreeJitStack(_jitStack);
        }
        _data = 0;
        _context = 0;
        _jitStack = 0;
    }
}
