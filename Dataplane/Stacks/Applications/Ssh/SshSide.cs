using System.Security.Cryptography;

namespace Dataplane.Stacks.Applications;

/// <summary>What one end of an SSH connection said.</summary>
public sealed class SshSide
{
    private const int TextBytesMax = 256;
    private const int AlgorithmBytesMax = 8 * 1024;
    private readonly GrowingBytes _hash;

    internal SshSide(ApplicationStack stack)
    {
        Protocol = new GrowingBytes(stack.Bytes, TextBytesMax);
        Software = new GrowingBytes(stack.Bytes, TextBytesMax);
        Algorithms = new GrowingBytes(stack.Bytes, AlgorithmBytesMax);
        _hash = new GrowingBytes(stack.Bytes, TextBytesMax);
    }

    public GrowingBytes Protocol { get; }

    public GrowingBytes Software { get; }

    /// <summary>Key exchange, encryption, authentication and compression offered, divided by
    /// semicolons.</summary>
    public GrowingBytes Algorithms { get; }

    internal bool HasBanner { get; set; }

    internal bool HasNewKeys { get; set; }

    /// <summary>True while the rest of a banner that is too long passes.</summary>
    internal bool SkipsLine { get; set; }

    /// <summary>HASSH: the algorithms' MD5 in hexadecimal.</summary>
    public ReadOnlySpan<byte> Hash()
    {
        if (_hash.Length == 0 && Algorithms.Length > 0)
        {
            Span<byte> hash = stackalloc byte[16];
#pragma warning disable CA5351 // HASSH is defined by MD5; nothing is protected by it.
            MD5.HashData(Algorithms.Span, hash);
#pragma warning restore CA5351
            foreach (byte value in hash)
            {
                _hash.Append("0123456789abcdef"u8[value >> 4]);
                _hash.Append("0123456789abcdef"u8[value & 15]);
            }
        }
        return _hash.Span;
    }

    internal void Clear()
    {
        Protocol.Clear();
        Software.Clear();
        Algorithms.Clear();
        _hash.Clear();
        (HasBanner, HasNewKeys, SkipsLine) = (false, false, false);
    }
}
