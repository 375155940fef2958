using System.Runtime.InteropServices;

namespace Dataplane.Native.Vectorscan;

/// <summary>P/Invoke declarations of libhs 5 (hyperscan on x86-64, vectorscan on arm64).</summary>
internal static unsafe partial class VectorscanLibrary
{
    public const int Success = 0;
    public const int CompilerError = -4;

    public const uint FlagCaseless = 1;
    public const uint FlagDotAll = 2;
    public const uint FlagMultiLine = 4;
    public const uint FlagSingleMatch = 8;
    public const uint FlagAllowEmpty = 16;
    public const uint FlagPrefilter = 128;

    /// <summary>hs_compile_error_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct CompileError
    {
        public byte* Message;
        public int Expression;
    }

    [LibraryImport(NativeLibraries.Vectorscan, EntryPoint = "hs_compile_lit_multi")]
    public static partial int CompileLiterals(
        byte** expressions, uint* flags, uint* ids, nuint* lengths, uint count, uint mode, void* platform,
        out nint database, out CompileError* error);

    [LibraryImport(NativeLibraries.Vectorscan, EntryPoint = "hs_compile_multi")]
    public static partial int CompileExpressions(
        byte** expressions, uint* flags, uint* ids, uint count, uint mode, void* platform,
        out nint database, out CompileError* error);

    [LibraryImport(NativeLibraries.Vectorscan, EntryPoint = "hs_free_compile_error")]
    public static partial int FreeCompileError(CompileError* error);

    [LibraryImport(NativeLibraries.Vectorscan, EntryPoint = "hs_free_database")]
    public static partial int FreeDatabase(nint database);

    [LibraryImport(NativeLibraries.Vectorscan, EntryPoint = "hs_database_size")]
    public static partial int DatabaseSize(nint database, out nuint bytes);

    [LibraryImport(NativeLibraries.Vectorscan, EntryPoint = "hs_stream_size")]
    public static partial int StreamSize(nint database, out nuint bytes);

    [LibraryImport(NativeLibraries.Vectorscan, EntryPoint = "hs_serialize_database")]
    public static partial int Serialize(nint database, out byte* bytes, out nuint length);

    [LibraryImport(NativeLibraries.Vectorscan, EntryPoint = "hs_deserialize_database")]
    public static partial int Deserialize(byte* bytes, nuint length, out nint database);

    [LibraryImport(NativeLibraries.Vectorscan, EntryPoint = "hs_alloc_scratch")]
    public static partial int GrowScratch(nint database, ref nint scratch);

    [LibraryImport(NativeLibraries.Vectorscan, EntryPoint = "hs_free_scratch")]
    public static partial int FreeScratch(nint scratch);

    [LibraryImport(NativeLibraries.Vectorscan, EntryPoint = "hs_scratch_size")]
    public static partial int ScratchSize(nint scratch, out nuint bytes);

    [LibraryImport(NativeLibraries.Vectorscan, EntryPoint = "hs_scan")]
    public static partial int Scan(
        nint database, byte* data, uint length, uint flags, nint scratch,
        delegate* unmanaged[Cdecl]<uint, ulong, ulong, uint, void*, int> onMatch, void* context);

    [LibraryImport(NativeLibraries.Vectorscan, EntryPoint = "hs_open_stream")]
    public static partial int OpenStream(nint database, uint flags, out nint stream);

    [LibraryImport(NativeLibraries.Vectorscan, EntryPoint = "hs_scan_stream")]
    public static partial int ScanStream(
        nint stream, byte* data, uint length, uint flags, nint scratch,
        delegate* unmanaged[Cdecl]<uint, ulong, ulong, uint, void*, int> onMatch, void* context);

    [LibraryImport(NativeLibraries.Vectorscan, EntryPoint = "hs_reset_stream")]
    public static partial int ResetStream(
        nint stream, uint flags, nint scratch,
        delegate* unmanaged[Cdecl]<uint, ulong, ulong, uint, void*, int> onMatch, void* context);

    [LibraryImport(NativeLibraries.Vectorscan, EntryPoint = "hs_close_stream")]
    public static partial int CloseStream(
        nint stream, nint scratch,
        delegate* unmanaged[Cdecl]<uint, ulong, ulong, uint, void*, int> onMatch, void* context);

    /// <summary>Takes what hs_serialize_database allocated.</summary>
    [LibraryImport("libc.so.6", EntryPoint = "free")]
    public static partial void Free(void* memory);
}
