using WebUi.Components.Controls;
using Xunit;

namespace WebUi.Tests.Controls;

public sealed class HexDumpTests
{
    [Fact]
    public void Shows_offset_bytes_and_printable_text()
    {
        byte[] bytes = [.. "GET /<b>\r\n"u8, 0, 0xff, 0x7f, 0x20, 0x41, 0x42, 0x43];

        string[] lines = HexDump.Dump(bytes).TrimEnd('\n').Split('\n');

        Assert.Equal("0000  47 45 54 20 2f 3c 62 3e  0d 0a 00 ff 7f 20 41 42  GET /<b>..... AB", lines[0]);
        Assert.StartsWith("0010  43 ", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(" C", lines[1], StringComparison.Ordinal);
    }
}
