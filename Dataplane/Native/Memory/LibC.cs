using System.Runtime.InteropServices;

namespace Dataplane.Native.Memory;

/// <summary>The calls of the C library that memory and shared files need (Linux, 64 bit).</summary>
internal static unsafe partial class LibC
{
    public const int ProtectRead = 1;
    public const int ProtectWrite = 2;
    public const int MapShared = 0x01;
    public const int MapPrivate = 0x02;
    public const int MapAnonymous = 0x20;
    public const int MapPopulate = 0x8000;
    public const int MapHugeTlb = 0x40000;
    public const int AdviseHugePage = 14;
    public const int SyncAsync = 1;
    public const int SyncNow = 4;

    public const int NoEntry = 2;
    public const int AccessDenied = 13;
    public const int AlreadyExists = 17;
    public const int NoSpaceLeft = 28;
    public const int ReadOnlyFileSystem = 30;
    public const int QuotaExceeded = 122;

    private const string Library = "libc.so.6";

    public static readonly void* MapFailed = (void*)-1;

    [LibraryImport(Library, EntryPoint = "mmap", SetLastError = true)]
    public static partial void* Map(
        void* address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport(Library, EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(void* address, nuint length);

    [LibraryImport(Library, EntryPoint = "madvise", SetLastError = true)]
    public static partial int Advise(void* address, nuint length, int advice);

    [LibraryImport(Library, EntryPoint = "msync", SetLastError = true)]
    public static partial int Sync(void* address, nuint length, int flags);

    /// <summary>Answers the error number itself; it does not set errno.</summary>
    [LibraryImport(Library, EntryPoint = "posix_fallocate")]
    public static partial int Reserve(int file, long offset, long length);
}
