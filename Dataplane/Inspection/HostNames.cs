using System.Runtime.CompilerServices;
using Dataplane.Native.Memory;
using Dataplane.Native.Ndpi;

namespace Dataplane.Inspection;

/// <summary>Host names of flows while these live: a fixed pool of one worker, 84 bytes each.</summary>
/// <remarks>When all are in use the next flow's name is not kept, counted. Owning worker only.</remarks>
public sealed class HostNames(uint max) : IDisposable
{
    /// <summary>Longest name kept: nDPI keeps no longer one.</summary>
    public const int BytesMax = NdpiModule.HostNameBytesMax;

    private readonly NativeArray<Place> _places = new(max);
    private uint _freeHandle;
    private uint _used;

    /// <summary>Names that were not kept because all places were in use.</summary>
    public ulong ForgottenCount { get; private set; }

    /// <summary>Keeps a name. Answers its handle; 0 for an empty name or when there is no place.</summary>
    public uint Keep(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return 0;
        }

        uint handle = _freeHandle;
        if (handle != 0)
        {
            _freeHandle = _places[handle - 1].NextFree;
        }
        else if (_used < _places.Length)
        {
            handle = ++_used;
        }
        else
        {
            ForgottenCount++;
            return 0;
        }

        ref Place place = ref _places[handle - 1];
        name = name[..Math.Min(name.Length, BytesMax)];
        name.CopyTo(place.Text);
        place.Length = (byte)name.Length;
        return handle;
    }

    /// <summary>The name behind a handle; empty for 0.</summary>
    public ReadOnlySpan<byte> Of(uint handle) =>
        handle == 0 ? default : ((ReadOnlySpan<byte>)_places[handle - 1].Text)[.._places[handle - 1].Length];

    /// <summary>Gives a place back; 0 is ignored.</summary>
    public void Forget(uint handle)
    {
        if (handle == 0)
        {
            return;
        }

        _places[handle - 1].NextFree = _freeHandle;
        _freeHandle = handle;
    }

    public void Dispose() => _places.Dispose();

    private struct Place
    {
        public TextBytes Text;
        public byte Length;
        public uint NextFree;
    }

    [InlineArray(BytesMax)]
    private struct TextBytes
    {
        private byte _first;
    }
}
