using System.Buffers.Binary;
using System.Text;
using Dataplane.Inspection.Compile;

namespace Dataplane.Inspection.Verify;

/// <summary>The protocols whose flows are inspected, by nDPI's names: `HTTP` fits `HTTP` and
/// `HTTP.Google`.</summary>
public sealed class ProtocolChoice
{
    private readonly byte[][] _names;

    public ProtocolChoice(IEnumerable<string> names)
    {
        _names = [.. names.Select(Encoding.UTF8.GetBytes)];
        foreach (byte[] name in _names)
        {
            AsciiCase.ToLower(name);
        }
    }

    /// <summary>True when the name in a side block of DPI_DETECT, its first text, is one of them.</summary>
    public bool Has(ReadOnlySpan<byte> sideBlock)
    {
        if (sideBlock.Length < sizeof(ushort))
        {
            return false;
        }
        int length =
            Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(sideBlock), sideBlock.Length - sizeof(ushort));
        ReadOnlySpan<byte> name = sideBlock.Slice(sizeof(ushort), length);
        foreach (byte[] wanted in _names)
        {
            bool isWhole = name.Length == wanted.Length
                || (name.Length > wanted.Length && name[wanted.Length] == '.');
            if (isWhole && AsciiCase.StartsWith(name, wanted))
            {
                return true;
            }
        }
        return false;
    }
}
