using Dataplane.Native.Memory;

namespace Dataplane.Chains.Parallel;

/// <summary>Copies of bytes that would not outlive their packet's handling, kept until NFs on other cores
/// have answered.</summary>
/// <remarks>
/// A ring of bytes: taken in order, given back in any order, used again in order. The worker's thread only;
/// NFs read what was handed to them. Full is answered, not waited for.
/// </remarks>
internal sealed class PinnedBytes : IDisposable
{
    private const uint LineBytes = 64;

    private readonly NativeArray<byte> _bytes;
    private ulong _tail;
    private ulong _head;

    /// <param name="capacity">Bytes, a multiple of 64.</param>
    public PinnedBytes(uint capacity) => _bytes = new NativeArray<byte>(capacity);

    /// <summary>Place behind the last byte taken.</summary>
    public ulong Tail => _tail;

    /// <summary>Copies bytes; false when there is no room for them in one piece.</summary>
    public bool TryCopy(ReadOnlySpan<byte> bytes, out PacketBytes copy)
    {
        copy = default;
        uint need = ((uint)bytes.Length + LineBytes - 1) & ~(LineBytes - 1);
        uint at = (uint)(_tail % _bytes.Length);
        uint skipped = at + need > _bytes.Length ? _bytes.Length - at : 0;
        if (_tail + skipped + need - _head > _bytes.Length)
        {
            return false;
        }

        at = skipped != 0 ? 0 : at;
        copy = _bytes.Bytes(at, (uint)bytes.Length);
        bytes.CopyTo(copy.Span);
        _tail += skipped + need;
        return true;
    }

    /// <summary>Everything before that place is free again.</summary>
    public void FreeUntil(ulong place) => _head = Math.Max(_head, Math.Min(place, _tail));

    public void Dispose() => _bytes.Dispose();
}
