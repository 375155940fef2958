using System.Text;
using Dataplane.Inspection.Verify;

namespace Dataplane.Tests.Inspection.Verify;

public sealed class FileMagicTests
{
    [Theory]
    [InlineData("255044462D312E350A", "PDF document, version 1.5")]
    [InlineData("25504446", "ASCII text")]
    [InlineData("474946383961010002000000", "GIF image data, version 89a, 1 x 2")]
    [InlineData("FFD8FFE000104A464946", "JPEG image data")]
    [InlineData("504B0304140000000800", "Zip archive data, at least v2.0 to extract")]
    [InlineData("D0CF11E0A1B11AE1", "Composite Document File V2 Document")]
    [InlineData("1F8B0800", "gzip compressed data")]
    [InlineData("4D5A9000", "MS-DOS executable")]
    [InlineData("7F454C4602010100000000000000000002003E00", "ELF 64-bit LSB executable")]
    [InlineData("0A3C21444F43545950452068746D6C3E", "HTML document, ASCII text")]
    [InlineData("68656C6C6F0A", "ASCII text")]
    [InlineData("00010203", "data")]
    [InlineData("", "empty")]
    public void Kinds_of_files_have_the_names_of_libmagic(string file, string expected) =>
        Assert.Equal(expected, Describe(Convert.FromHexString(file)));

    [Fact]
    public void A_program_for_Windows_is_told_by_its_inner_header()
    {
        byte[] file = new byte[256];
        "MZ"u8.CopyTo(file);
        file[60] = 128;
        "PE\0\0"u8.CopyTo(file.AsSpan(128));
        (file[132], file[133], file[150], file[151], file[152], file[153], file[220]) =
            (0x64, 0x86, 0, 0x20, 0x0B, 2, 2);

        Assert.Equal("PE32+ executable (DLL) (GUI) x86-64, for MS Windows", Describe(file));
    }

    [Fact]
    public void A_picture_has_its_size()
    {
        byte[] file =
        [
            0x89, .. "PNG\r\n"u8, 26, 10, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 1, 0, 0, 0, 0, 16, 8, 2, 0, 0, 0,
        ];

        Assert.Equal("PNG image data, 256 x 16, 8-bit/color RGB, non-interlaced", Describe(file));
    }

    [Fact]
    public void No_beginning_makes_it_read_beyond_the_end()
    {
        byte[][] starts =
            [[0x89, .. "PNG\r\n"u8, 26, 10], [.. "GIF8"u8], [.. "MZ"u8], [0x7F, .. "ELF"u8], [.. "%PDF-"u8]];
        foreach (byte[] start in starts)
        {
            for (int length = 0; length <= 300; length++)
            {
                byte[] file = new byte[length];
                Array.Fill(file, (byte)0xFF);
                start.AsSpan(0, Math.Min(start.Length, length)).CopyTo(file);
                Assert.NotEmpty(Describe(file));
            }
        }
    }

    private static string Describe(byte[] file)
    {
        Span<byte> text = stackalloc byte[FileMagic.TextBytesMax];
        return Encoding.ASCII.GetString(text[..FileMagic.Describe(file, text)]);
    }
}
