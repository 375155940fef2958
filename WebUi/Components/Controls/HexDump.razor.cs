using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace WebUi.Components.Controls;

/// <summary>
/// Bytes as offset, sixteen hexadecimal pairs and text; what is not printable ASCII is a dot.
/// </summary>
public sealed partial class HexDump
{
    /// <summary>More than a jumbo frame is not shown.</summary>
    public const int BytesMax = 9216;
    private const int LineBytes = 16;

    private string _text = "";

    [Parameter, EditorRequired]
    public byte[] Bytes { get; set; } = [];

    protected override void OnParametersSet() =>
        _text = Dump(Bytes.AsSpan(0, Math.Min(Bytes.Length, BytesMax)));

    public static string Dump(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        for (int at = 0; at < bytes.Length; at += LineBytes)
        {
            ReadOnlySpan<byte> line = bytes[at..Math.Min(at + LineBytes, bytes.Length)];
            text.Append(at.ToString("x4", CultureInfo.InvariantCulture)).Append("  ");
            for (int i = 0; i < LineBytes; i++)
            {
                text.Append(i < line.Length ? line[i].ToString("x2", CultureInfo.InvariantCulture) : "  ");
                text.Append(i == (LineBytes / 2) - 1 ? "  " : " ");
            }
            text.Append(' ');
            foreach (byte value in line)
            {
                text.Append(value is >= 0x20 and < 0x7f ? (char)value : '.');
            }
            text.Append('\n');
        }
        return text.ToString();
    }
}
