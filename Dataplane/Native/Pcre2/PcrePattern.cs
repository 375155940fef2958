using System.Runtime.InteropServices;

namespace Dataplane.Native.Pcre2;

/// <summary>One compiled regular expression over bytes, with machine code where PCRE2 can make it.</summary>
/// <remarks>
/// Threads:  compiled on the control thread, then read-only and shared by all workers.
/// Lifetime: disposed when no matcher uses it any more.
/// </remarks>
public sealed unsafe class PcrePattern : IDisposable
{
    private const int MessageMaxBytes = 256;

    private nint _code;

    private PcrePattern(nint code)
    {
        _code = code;
        uint groupCount = 0;
        nuint jitBytes = 0;
        _ = Pcre2Library.PatternFact(code, Pcre2Library.InfoCaptureCount, &groupCount);
        _ = Pcre2Library.PatternFact(code, Pcre2Library.InfoJitSize, &jitBytes);
        GroupCount = (int)groupCount;
        HasMachineCode = jitBytes != 0;
    }

    /// <summary>Capturing groups, the whole match (group 0) not counted.</summary>
    public int GroupCount { get; }

    public bool HasMachineCode { get; }

    internal nint Code
    {
        get
        {
            ObjectDisposedException.ThrowIf(_code == 0, this);
            return _code;
        }
    }

    public static bool TryCompile(
        ReadOnlySpan<byte> pattern, PcreOptions options, out PcrePattern? compiled, out PcreFault? fault)
    {
        compiled = null;
        fault = null;
        byte nothing = 0;
        fixed (byte* start = pattern)
        {
            // SAFETY: PCRE2 reads pattern.Length bytes; an empty pattern still needs an address.
            nint code = Pcre2Library.Compile(
                start == null ? &nothing : start,
                (nuint)pattern.Length,
                (uint)options,
                out int error,
                out nuint offset,
                0);
            if (code == 0)
            {
                fault = new PcreFault((int)offset, MessageOf(error));
                return false;
            }

            // Without machine code (no JIT in this build) the interpreter does the same, slower.
            _ = Pcre2Library.CompileJit(code, Pcre2Library.JitComplete);
            compiled = new PcrePattern(code);
            return true;
        }
    }

    /// <summary>The numbers of named groups, for rules that bind captures to names.</summary>
    public IReadOnlyDictionary<string, int> GroupNames()
    {
        uint count = 0;
        uint entryBytes = 0;
        byte* entry = null;
        _ = Pcre2Library.PatternFact(Code, Pcre2Library.InfoNameCount, &count);
        _ = Pcre2Library.PatternFact(Code, Pcre2Library.InfoNameEntrySize, &entryBytes);
        _ = Pcre2Library.PatternFact(Code, Pcre2Library.InfoNameTable, &entry);
        Dictionary<string, int> names = [];
        for (uint i = 0; i < count; i++, entry += entryBytes)
        {
            // SAFETY: PCRE2's table: a big-endian number of 2 bytes, then the terminated name, count times.
            names[Marshal.PtrToStringUTF8((nint)(entry + 2))!] = (entry[0] << 8) | entry[1];
        }
        return names;
    }

    public void Dispose()
    {
        if (_code != 0)
        {
            Pcre2Library.FreeCode(_code);
            _code = 0;
        }
    }

    private static string MessageOf(int error)
    {
        byte* buffer = stackalloc byte[MessageMaxBytes];
        int length = Pcre2Library.ErrorMessage(error, buffer, MessageMaxBytes);
        return length > 0 ? Marshal.PtrToStringUTF8((nint)buffer, length) : $"error {error}";
    }
}
