using System.Runtime.InteropServices;

namespace Dataplane.Native.Zlib;

/// <summary>P/Invoke declarations of zlib (1.2).</summary>
internal static unsafe partial class ZlibLibrary
{
    public const int NoFlush = 0;
    public const int Ok = 0;
    public const int StreamEnd = 1;
    public const int BufferError = -5;

    private const string Library = NativeLibraries.Zlib;

    [LibraryImport(Library, EntryPoint = "zlibVersion")]
    public static partial nint Version();

    [LibraryImport(Library, EntryPoint = "inflateInit2_")]
    public static partial int Begin(InflateState* state, int windowBits, nint version, int stateBytes);

    [LibraryImport(Library, EntryPoint = "inflateReset2")]
    public static partial int Restart(InflateState* state, int windowBits);

    [LibraryImport(Library, EntryPoint = "inflate")]
    public static partial int Inflate(InflateState* state, int flush);

    [LibraryImport(Library, EntryPoint = "inflateEnd")]
    public static partial int End(InflateState* state);

    /// <summary>z_stream of 64-bit systems.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct InflateState
    {
        public byte* NextIn;
        public uint AvailableIn;
        public nuint TotalIn;
        public byte* NextOut;
        public uint AvailableOut;
        public nuint TotalOut;
        public nint Message;
        public nint State;
        public nint Allocate;
        public nint Free;
        public nint Opaque;
        public int DataType;
        public nuint Checksum;
        public nuint Reserved;
    }
}
