using System.Runtime.InteropServices;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Tests.Engine;

/// <summary>Room for the frames of a burst; each ends just before memory that kills the process when it is
/// read.</summary>
/// <remarks>Between a frame and that memory lies what every block of the product has behind it, because
/// vectorscan may load a whole vector there.</remarks>
internal sealed class GuardedFrames : IDisposable
{
    private const int TailBytes = 64;
    private const uint PageBytes = 4096;
    private const uint RoomBytes = FrameMutator.FrameBytesMax + PageBytes;
    private const int NoAccess = 0, ReadAndWrite = 3;

    private readonly NativeArray<byte> _memory = new((PacketBurst.CapacityMax * RoomBytes) + PageBytes);
    private readonly uint _first;

    public GuardedFrames()
    {
        _first = (uint)(-(nint)_memory.Bytes(0, 1).Address & (PageBytes - 1));
        Protect(NoAccess);
    }

    /// <summary>Bytes of the longest frame.</summary>
    public static int FrameBytesMax => FrameMutator.FrameBytesMax - TailBytes;

    /// <summary>Copies a frame to its place in the burst.</summary>
    public PacketBytes Put(int index, ReadOnlySpan<byte> frame)
    {
        uint start = _first + ((uint)index * RoomBytes) + (uint)(FrameBytesMax - frame.Length);
        frame.CopyTo(_memory.AsSpan(start, (uint)frame.Length));
        return _memory.Bytes(start, (uint)frame.Length);
    }

    public void Dispose()
    {
        Protect(ReadAndWrite);
        _memory.Dispose();
    }

    [DllImport("libc", EntryPoint = "mprotect")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ProtectMemory(nuint start, nuint bytes, int access);

    private void Protect(int access)
    {
        for (uint i = 0; i < PacketBurst.CapacityMax; i++)
        {
            uint guard = _first + (i * RoomBytes) + FrameMutator.FrameBytesMax;
            Assert.Equal(0, ProtectMemory(_memory.Bytes(guard, 1).Address, PageBytes, access));
        }
    }
}
