using System.Security.Cryptography;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Native.Pcre2;

namespace Dataplane.Inspection.Verify;

/// <summary>Applies the transforms of a view to a buffer.</summary>
/// <remarks>One per worker. Allocates nothing after construction; bytes beyond <see cref="BytesMax"/> are
/// left out and counted. An outcome is valid until the next call.</remarks>
public sealed class BufferTransforms(PcreMatcher matcher)
{
    /// <summary>Bytes of a buffer that are transformed; more than the bodies that are kept.</summary>
    public const int BytesMax = 1 << 17;

    private byte[] _one = new byte[BytesMax];
    private byte[] _other = new byte[BytesMax];

    /// <summary>Buffers that were too long.</summary>
    public ulong CutCount { get; private set; }

    public ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> buffer, ReadOnlySpan<CompiledTransform> transforms)
    {
        ReadOnlySpan<byte> bytes = buffer;
        foreach (CompiledTransform transform in transforms)
        {
            // One byte of room: a dot before the text makes it longer.
            if (bytes.Length >= BytesMax)
            {
                CutCount++;
                bytes = bytes[..(BytesMax - 1)];
            }
            int length = Apply(bytes, transform, _one);
            bytes = _one.AsSpan(0, length);
            (_one, _other) = (_other, _one);
        }
        return bytes;
    }

    private int Apply(ReadOnlySpan<byte> from, CompiledTransform transform, Span<byte> to) =>
        transform.Kind switch
        {
            TransformKind.ToLowercase => ChangeCase(from, to, (byte)'A', (byte)'Z'),
            TransformKind.ToUppercase => ChangeCase(from, to, (byte)'a', (byte)'z'),
            TransformKind.ToMd5 => Md5(from, to),
            TransformKind.ToSha1 => Sha1(from, to),
            TransformKind.ToSha256 => SHA256.HashData(from, to),
            TransformKind.StripWhitespace => Strip(from, to),
            TransformKind.CompressWhitespace => Compress(from, to),
            TransformKind.UrlDecode => UrlDecode(from, to),
            TransformKind.DotPrefix => DotPrefix(from, to),
            TransformKind.HeaderLowercase => HeaderLowercase(from, to),
            TransformKind.StripPseudoHeaders => StripPseudoHeaders(from, to),
            TransformKind.Xor => Xor(from, to, transform.Argument.Span),
            _ => Group(from, to, transform.Expression!),
        };

#pragma warning disable CA5350, CA5351 // rules compare digests of names; nothing is secured by them
    private static int Md5(ReadOnlySpan<byte> from, Span<byte> to) => MD5.HashData(from, to);

    private static int Sha1(ReadOnlySpan<byte> from, Span<byte> to) => SHA1.HashData(from, to);
#pragma warning restore CA5350, CA5351

    private static bool IsBlank(byte value) => value is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');

    private static int ChangeCase(ReadOnlySpan<byte> from, Span<byte> to, byte first, byte last)
    {
        for (int i = 0; i < from.Length; i++)
        {
            bool changes = from[i] >= first && from[i] <= last;
            to[i] = changes ? (byte)(from[i] ^ 0x20) : from[i];
        }
        return from.Length;
    }

    private static int Strip(ReadOnlySpan<byte> from, Span<byte> to)
    {
        int length = 0;
        foreach (byte value in from)
        {
            if (!IsBlank(value))
            {
                to[length++] = value;
            }
        }
        return length;
    }

    /// <summary>Of blanks in a row the first one stays.</summary>
    private static int Compress(ReadOnlySpan<byte> from, Span<byte> to)
    {
        int length = 0;
        bool wasBlank = false;
        foreach (byte value in from)
        {
            bool isBlank = IsBlank(value);
            if (!isBlank || !wasBlank)
            {
                to[length++] = value;
            }
            wasBlank = isBlank;
        }
        return length;
    }

    private static int UrlDecode(ReadOnlySpan<byte> from, Span<byte> to)
    {
        int length = 0;
        for (int i = 0; i < from.Length; i++)
        {
            byte value = from[i];
            if (value == '%' && i + 2 < from.Length && char.IsAsciiHexDigit((char)from[i + 1])
                && char.IsAsciiHexDigit((char)from[i + 2]))
            {
                value = (byte)((Digit(from[i + 1]) << 4) | Digit(from[i + 2]));
                i += 2;
            }
            else if (value == '+')
            {
                value = (byte)' ';
            }
            to[length++] = value;
        }
        return length;
    }

    private static int Digit(byte value) => value <= '9' ? value - '0' : (value | 0x20) - 'a' + 10;

    private static int DotPrefix(ReadOnlySpan<byte> from, Span<byte> to)
    {
        to[0] = (byte)'.';
        from.CopyTo(to[1..]);
        return from.Length + 1;
    }

    /// <summary>Names before a line's colon become small; what follows stays.</summary>
    private static int HeaderLowercase(ReadOnlySpan<byte> from, Span<byte> to)
    {
        bool isName = true;
        for (int i = 0; i < from.Length; i++)
        {
            byte value = from[i];
            to[i] = isName ? AsciiCase.Lower(value) : value;
            isName = value == '\n' || (isName && value != ':');
        }
        return from.Length;
    }

    /// <summary>Takes lines out that begin with a colon, as HTTP/2's own fields do.</summary>
    private static int StripPseudoHeaders(ReadOnlySpan<byte> from, Span<byte> to)
    {
        int length = 0;
        bool isStart = true;
        bool drops = false;
        foreach (byte value in from)
        {
            drops = isStart ? value == ':' : drops;
            if (!drops)
            {
                to[length++] = value;
            }
            isStart = value == '\n';
        }
        return length;
    }

    private static int Xor(ReadOnlySpan<byte> from, Span<byte> to, ReadOnlySpan<byte> key)
    {
        for (int i = 0; i < from.Length; i++)
        {
            to[i] = (byte)(from[i] ^ key[i % key.Length]);
        }
        return from.Length;
    }

    /// <summary>The buffer stays as it is when the expression does not match.</summary>
    private int Group(ReadOnlySpan<byte> from, Span<byte> to, PcrePattern expression)
    {
        ReadOnlySpan<byte> taken = from;
        if (matcher.Match(expression, from) == PcreOutcome.Matched
            && matcher.TryGetGroup(1, out int start, out int end))
        {
            taken = from[start..end];
        }
        taken.CopyTo(to);
        return taken.Length;
    }
}
