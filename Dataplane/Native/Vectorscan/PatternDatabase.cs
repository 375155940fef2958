using System.Buffers;
using System.Runtime.InteropServices;

namespace Dataplane.Native.Vectorscan;

/// <summary>Many patterns compiled into one automaton, shared read-only by all workers.</summary>
/// <remarks>
/// Threads:  compiled on the control thread, scanned by any number of workers, each with its own scanner.
/// Lifetime: disposed after the last stream of it is closed and no worker scans it any more.
/// </remarks>
public sealed unsafe class PatternDatabase : IDisposable
{
    public const int PatternMax = 1_000_000;

    private nint _database;

    private PatternDatabase(nint database, PatternMode mode)
    {
        _database = database;
        Mode = mode;
        _ = VectorscanLibrary.DatabaseSize(database, out nuint bytes);
        Bytes = (long)bytes;
        if (mode == PatternMode.Streaming)
        {
            _ = VectorscanLibrary.StreamSize(database, out nuint streamBytes);
            StreamBytes = (int)streamBytes;
        }
    }

    public PatternMode Mode { get; }

    public long Bytes { get; }

    /// <summary>What one open stream costs; 0 in block mode.</summary>
    public int StreamBytes { get; }

    internal nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(_database == 0, this);
            return _database;
        }
    }

    /// <summary>Compiles literals: every byte means itself.</summary>
    public static bool TryCompileLiterals(
        IReadOnlyList<Pattern> literals,
        PatternMode mode,
        out PatternDatabase? database,
        out PatternFault? fault) =>
        TryCompile(literals, mode, Syntax.Literal, out database, out fault);

    /// <summary>Compiles regular expressions of libhs's subset of PCRE.</summary>
    public static bool TryCompileExpressions(
        IReadOnlyList<Pattern> expressions,
        PatternMode mode,
        out PatternDatabase? database,
        out PatternFault? fault) =>
        TryCompile(expressions, mode, Syntax.Expression, out database, out fault);

    /// <summary>
    /// Bytes from which the same version of libhs makes the database again without compiling.
    /// </summary>
    public byte[] Serialize()
    {
        int error = VectorscanLibrary.Serialize(Handle, out byte* bytes, out nuint length);
        if (error != VectorscanLibrary.Success)
        {
            throw new InvalidOperationException($"libhs cannot serialise the database (error {error}).");
        }
        byte[] copy = new Span<byte>(bytes, checked((int)length)).ToArray();
        VectorscanLibrary.Free(bytes);
        return copy;
    }

    /// <summary>Answers false for bytes of another version, another processor or another origin.</summary>
    public static bool TryDeserialize(
        ReadOnlySpan<byte> bytes, PatternMode mode, out PatternDatabase? database)
    {
        database = null;
        if (bytes.IsEmpty)
        {
            return false;
        }
        fixed (byte* start = bytes)
        {
            if (VectorscanLibrary.Deserialize(start, (nuint)bytes.Length, out nint handle)
                != VectorscanLibrary.Success)
            {
                return false;
            }
            bool streaming = VectorscanLibrary.StreamSize(handle, out _) == VectorscanLibrary.Success;
            if (streaming != (mode == PatternMode.Streaming))
            {
                _ = VectorscanLibrary.FreeDatabase(handle);
                return false;
            }
            database = new PatternDatabase(handle, mode);
            return true;
        }
    }

    public void Dispose()
    {
        if (_database != 0)
        {
            _ = VectorscanLibrary.FreeDatabase(_database);
            _database = 0;
        }
    }

    private enum Syntax
    {
        Literal,
        Expression,
    }

    private static bool TryCompile(
        IReadOnlyList<Pattern> patterns,
        PatternMode mode,
        Syntax syntax,
        out PatternDatabase? database,
        out PatternFault? fault)
    {
        database = null;
        fault = FindFault(patterns, syntax);
        if (fault is not null)
        {
            return false;
        }
        int count = patterns.Count;
        byte** texts = (byte**)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(byte*));
        nuint* lengths = (nuint*)NativeMemory.Alloc((nuint)count, (nuint)sizeof(nuint));
        uint* flags = (uint*)NativeMemory.Alloc((nuint)count, sizeof(uint));
        uint* ids = (uint*)NativeMemory.Alloc((nuint)count, sizeof(uint));
        MemoryHandle[] pins = new MemoryHandle[count];
        try
        {
            for (int i = 0; i < count; i++)
            {
                byte[] terminated = [.. patterns[i].Bytes.Span, 0];
                pins[i] = terminated.AsMemory().Pin();
                texts[i] = (byte*)pins[i].Pointer;
                lengths[i] = (nuint)patterns[i].Bytes.Length;
                flags[i] = (uint)patterns[i].Options;
                ids[i] = patterns[i].Id;
            }
            VectorscanLibrary.CompileError* detail;
            int error = syntax == Syntax.Literal
                ? VectorscanLibrary.CompileLiterals(
                    texts, flags, ids, lengths, (uint)count, (uint)mode, null, out nint handle, out detail)
                : VectorscanLibrary.CompileExpressions(
                    texts, flags, ids, (uint)count, (uint)mode, null, out handle, out detail);
            if (error != VectorscanLibrary.Success)
            {
                fault = Describe(error, detail);
                return false;
            }
            database = new PatternDatabase(handle, mode);
            return true;
        }
        finally
        {
            foreach (MemoryHandle pin in pins)
            {
                pin.Dispose();
            }
            NativeMemory.Free(texts);
            NativeMemory.Free(lengths);
            NativeMemory.Free(flags);
            NativeMemory.Free(ids);
        }
    }

    private static PatternFault? FindFault(IReadOnlyList<Pattern> patterns, Syntax syntax)
    {
        if (patterns.Count is 0 or > PatternMax)
        {
            return new PatternFault(
                -1, $"A database takes 1 to {PatternMax} patterns, not {patterns.Count}.");
        }
        for (int i = 0; i < patterns.Count; i++)
        {
            if (patterns[i].Bytes.IsEmpty)
            {
                return new PatternFault(i, "The pattern is empty; give at least one byte.");
            }
            if (syntax == Syntax.Expression && patterns[i].Bytes.Span.Contains((byte)0))
            {
                return new PatternFault(i, "The expression has a zero byte; write it as \\x00.");
            }
        }
        return null;
    }

    private static PatternFault Describe(int error, VectorscanLibrary.CompileError* detail)
    {
        if (detail == null)
        {
            return new PatternFault(-1, $"libhs refused the patterns (error {error}).");
        }
        string message = Marshal.PtrToStringUTF8((nint)detail->Message) ?? $"error {error}";
        int index = detail->Expression;
        _ = VectorscanLibrary.FreeCompileError(detail);
        return new PatternFault(index, message);
    }
}
