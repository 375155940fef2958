using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dataplane.Native.Memory;

/// <summary>A file mapped into memory and shared with other processes: spool and stats segments.</summary>
/// <remarks>
/// Its blocks are reserved before it is mapped, so a full disk is an answer here and never a SIGBUS later.
/// Threads:  the layout's rules (one writer, sequence locks); Dispose after all have let go.
/// Lifetime: mapping and descriptor live until Dispose; the file stays.
/// </remarks>
public sealed unsafe class SharedFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private byte* _start;
    private long _length;

    private SharedFile(SafeFileHandle handle, byte* start, long length, string path)
    {
        _handle = handle;
        _start = start;
        _length = length;
        Path = path;
    }

    public string Path { get; }

    public long Length => _length;

    /// <summary>
    /// Makes a new file of that length, all zero, with every block reserved; owner-only (0600).
    /// </summary>
    public static SharedFileOutcome TryCreate(string path, long bytes, out SharedFile? file)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        file = null;
        SharedFileOutcome opened = TryOpenHandle(path, FileMode.CreateNew, out SafeFileHandle? handle);
        if (handle is null)
        {
            return opened;
        }
        int error = LibC.Reserve((int)handle.DangerousGetHandle(), 0, bytes);
        SharedFileOutcome outcome = error == 0 ? TryMap(handle, bytes, path, out file) : OutcomeOf(error);
        if (outcome != SharedFileOutcome.Done)
        {
            handle.Dispose();
            File.Delete(path); // a half-made segment must not be taken for a whole one
        }
        return outcome;
    }

    /// <summary>Maps an existing file in its present length, for reading and writing.</summary>
    public static SharedFileOutcome TryOpen(string path, out SharedFile? file)
    {
        file = null;
        SharedFileOutcome opened = TryOpenHandle(path, FileMode.Open, out SafeFileHandle? handle);
        if (handle is null)
        {
            return opened;
        }
        long length = RandomAccess.GetLength(handle);
        SharedFileOutcome outcome = length == 0
            ? SharedFileOutcome.Missing
            : TryMap(handle, length, path, out file);
        if (outcome != SharedFileOutcome.Done)
        {
            handle.Dispose();
        }
        return outcome;
    }

    /// <summary>A window on the file; spans end at 2^31 - 1, files need not.</summary>
    public Span<byte> Bytes(long offset, int count)
    {
        Check(offset, count);
        return new Span<byte>(_start + offset, count);
    }

    /// <summary>A structure inside the file, in this machine's byte order.</summary>
    public ref T At<T>(long offset)
        where T : unmanaged
    {
        Check(offset, sizeof(T));
        return ref *(T*)(_start + offset);
    }

    /// <summary>Many structures of one type, one after the other.</summary>
    public Span<T> Items<T>(long offset, int count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Check(offset, (long)count * sizeof(T));
        return new Span<T>(_start + offset, count);
    }

    /// <summary>Acquire: what the writer stored before its release is visible after this.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadUInt64(long offset) => Volatile.Read(ref At<ulong>(offset));

    /// <summary>Release: everything stored before is visible to whoever reads this value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteUInt64(long offset, ulong value) => Volatile.Write(ref At<ulong>(offset), value);

    /// <inheritdoc cref="ReadUInt64"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadUInt32(long offset) => Volatile.Read(ref At<uint>(offset));

    /// <inheritdoc cref="WriteUInt64"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteUInt32(long offset, uint value) => Volatile.Write(ref At<uint>(offset), value);

    /// <summary>
    /// Waits until the disk has the pages; for power loss, a killed process needs no flush.
    /// </summary>
    public SharedFileOutcome Flush() =>
        LibC.Sync(_start, (nuint)_length, LibC.SyncNow) == 0
            ? SharedFileOutcome.Done
            : OutcomeOf(Marshal.GetLastPInvokeError());

    public void Dispose()
    {
        if (_start == null)
        {
            return;
        }
        byte* start = _start;
        nuint length = (nuint)_length;
        _length = 0;
        _start = null;
        _ = LibC.Unmap(start, length);
        _handle.Dispose();
    }

    private static SharedFileOutcome TryOpenHandle(string path, FileMode mode, out SafeFileHandle? handle)
    {
        handle = null;
        try
        {
            handle = File.OpenHandle(
                path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            if (mode == FileMode.CreateNew && OperatingSystem.IsLinux())
            {
                File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
            return SharedFileOutcome.Done;
        }
        catch (UnauthorizedAccessException)
        {
            return SharedFileOutcome.Denied;
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return SharedFileOutcome.Missing;
        }
        catch (IOException)
        {
            return mode == FileMode.CreateNew && File.Exists(path)
                ? SharedFileOutcome.Exists
                : SpaceOrFailure(path);
        }
    }

    // The framework's exception for a full disk has no type of its own; a directory entry needs space too.
    private static SharedFileOutcome SpaceOrFailure(string path)
    {
        string? folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path));
        return folder is not null && new DriveInfo(folder).AvailableFreeSpace == 0
            ? SharedFileOutcome.NoSpace
            : SharedFileOutcome.Failed;
    }

    private static SharedFileOutcome TryMap(
        SafeFileHandle handle, long bytes, string path, out SharedFile? file)
    {
        file = null;
        void* start = LibC.Map(
            null,
            (nuint)bytes,
            LibC.ProtectRead | LibC.ProtectWrite,
            LibC.MapShared,
            (int)handle.DangerousGetHandle(),
            0);
        if (start == LibC.MapFailed)
        {
            return OutcomeOf(Marshal.GetLastPInvokeError());
        }
        file = new SharedFile(handle, (byte*)start, bytes, path);
        return SharedFileOutcome.Done;
    }

    private static SharedFileOutcome OutcomeOf(int error) => error switch
    {
        LibC.NoSpaceLeft or LibC.QuotaExceeded => SharedFileOutcome.NoSpace,
        LibC.AccessDenied or LibC.ReadOnlyFileSystem => SharedFileOutcome.Denied,
        LibC.AlreadyExists => SharedFileOutcome.Exists,
        LibC.NoEntry => SharedFileOutcome.Missing,
        _ => SharedFileOutcome.Failed,
    };

    // SAFETY of every access: offset and offset + count lie inside the mapping; Dispose sets the length to 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Check(long offset, long count)
    {
        if (offset < 0 || count < 0 || offset > _length - count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset), offset, $"{Path} is mapped with {_length} bytes; stay inside them.");
        }
    }
}
