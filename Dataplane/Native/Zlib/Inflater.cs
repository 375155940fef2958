using System.Runtime.InteropServices;

namespace Dataplane.Native.Zlib;

/// <summary>Decompresses deflate, zlib and gzip, in pieces of any size; used again and again.</summary>
/// <remarks>
/// Threads:  one at a time.
/// Lifetime: zlib's state (about 40 KB with its window) is made with the first use and kept until disposed.
/// </remarks>
public sealed unsafe class Inflater : IDisposable
{
    private ZlibLibrary.InflateState* _state;

    /// <summary>Begins a new stream.</summary>
    public void Begin(InflateFormat format)
    {
        if (_state is not null)
        {
            _ = ZlibLibrary.Restart(_state, (int)format);
            return;
        }
        nuint bytes = (nuint)sizeof(ZlibLibrary.InflateState);
        _state = (ZlibLibrary.InflateState*)NativeMemory.AllocZeroed(bytes);
        int said = ZlibLibrary.Begin(_state, (int)format, ZlibLibrary.Version(), (int)bytes);
        if (said != ZlibLibrary.Ok)
        {
            Dispose();
            throw new InvalidOperationException(
                $"zlib cannot be started (error {said}); is memory exhausted?");
        }
    }

    /// <summary>Decompresses as far as input and room reach.</summary>
    /// <param name="input">Compressed bytes.</param>
    /// <param name="used">How many of them were used.</param>
    /// <param name="output">Where the bytes go.</param>
    /// <param name="written">How many there are.</param>
    public InflateOutcome Step(ReadOnlySpan<byte> input, out int used, Span<byte> output, out int written)
    {
        ObjectDisposedException.ThrowIf(_state is null, this);
        fixed (byte* from = input)
        {
            fixed (byte* to = output)
            {
                // SAFETY: both spans are pinned for the call, and zlib stays within the lengths it is given.
                _state->NextIn = from;
                _state->AvailableIn = (uint)input.Length;
                _state->NextOut = to;
                _state->AvailableOut = (uint)output.Length;
                int said = ZlibLibrary.Inflate(_state, ZlibLibrary.NoFlush);
                used = input.Length - (int)_state->AvailableIn;
                written = output.Length - (int)_state->AvailableOut;
                _state->NextIn = null;
                _state->NextOut = null;
                return said switch
                {
                    ZlibLibrary.Ok or ZlibLibrary.BufferError => InflateOutcome.More,
                    ZlibLibrary.StreamEnd => InflateOutcome.End,
                    _ => InflateOutcome.Broken,
                };
            }
        }
    }

    public void Dispose()
    {
        if (_state is not null)
        {
            _ = ZlibLibrary.End(_state);
            NativeMemory.Free(_state);
            _state = null;
        }
    }
}
