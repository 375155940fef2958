using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Dataplane.Contract.Shared;

/// <summary>A UTF-8 name in shared memory: 48 bytes, zero-filled, cut when longer.</summary>
[InlineArray(BytesMax)]
public struct SharedName
{
    public const int BytesMax = 48;

    private byte _first;

    public static SharedName Of(string text)
    {
        SharedName name = default;
        Encoding.UTF8.TryGetBytes(text.Length <= BytesMax ? text : text[..BytesMax], name, out _);
        return name;
    }

    public static SharedName Of(ReadOnlySpan<byte> utf8)
    {
        SharedName name = default;
        utf8[..Math.Min(utf8.Length, BytesMax)].CopyTo(name);
        return name;
    }

    public override readonly string ToString()
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.CreateReadOnlySpan(in _first, BytesMax);
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
