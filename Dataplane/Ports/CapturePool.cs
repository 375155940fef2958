using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Ports;

/// <summary>Packet buffers in our own memory, laid out like DPDK's: a private area,
/// then the frame (engine §15).</summary>
/// <remarks>Fixed number and size. One worker's thread; no EAL, no huge pages, no rights needed.</remarks>
public sealed class CapturePool : IDisposable
{
    /// <summary>Room before each frame for our count, index and two snapshots.</summary>
    public const int PrivateBytes = 192;

    private readonly NativeArray<byte> _memory;
    private readonly NativeArray<uint> _free;
    private readonly uint _bufferBytes;
    private uint _freeCount;

    /// <summary>Buffers for frames of up to <paramref name="frameBytes"/> bytes.</summary>
    public CapturePool(uint buffers, uint frameBytes)
    {
        FrameBytesMax = frameBytes;
        _bufferBytes = (PrivateBytes + frameBytes + 63) & ~63u;
        _memory = new NativeArray<byte>(checked(buffers * _bufferBytes));
        _free = new NativeArray<uint>(buffers);
        for (uint i = 0; i < buffers; i++)
        {
            _free[_freeCount++] = buffers - 1 - i;
        }
    }

    /// <summary>Longest frame a buffer holds.</summary>
    public uint FrameBytesMax { get; }

    /// <summary>Buffers that nobody holds.</summary>
    public uint FreeCount => _freeCount;

    /// <summary>Copies a frame into a free buffer and points the packet at it;
    /// false when there is none.</summary>
    public bool TryCopy(PacketBytes frame, ref Packet packet)
    {
        if (_freeCount == 0 || frame.Length > FrameBytesMax)
        {
            return false;
        }

        uint buffer = _free[--_freeCount];
        PacketBytes target = _memory.Bytes((buffer * _bufferBytes) + PrivateBytes, (uint)frame.Length);
        frame.Span.CopyTo(target.Span);
        packet.Frame = target;
        packet.BufferRef = buffer;
        return true;
    }

    /// <summary>Takes a packet's buffer back.</summary>
    public void Free(ref Packet packet)
    {
        _free[_freeCount++] = packet.BufferRef;
        packet.Frame = default;
    }

    public void Dispose()
    {
        _memory.Dispose();
        _free.Dispose();
    }
}
