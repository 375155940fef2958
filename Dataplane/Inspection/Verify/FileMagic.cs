using System.Buffers.Binary;
using System.Buffers.Text;

namespace Dataplane.Inspection.Verify;

/// <summary>Says what kind of file bytes begin, in the words of libmagic, for the kinds that rules ask
/// for.</summary>
/// <remarks>Looks at the first <see cref="LookBytes"/> bytes; allocates nothing.</remarks>
public static class FileMagic
{
    /// <summary>Longest description.</summary>
    public const int TextBytesMax = 160;

    /// <summary>Bytes that are looked at.</summary>
    public const int LookBytes = 4_096;

    /// <summary>Writes the description; returns its length.</summary>
    public static int Describe(ReadOnlySpan<byte> file, Span<byte> text)
    {
        file = file[..Math.Min(file.Length, LookBytes)];
        var writer = new Writer(text);
        if (!DescribePicture(file, ref writer) && !DescribeProgram(file, ref writer)
            && !DescribeDocument(file, ref writer))
        {
            writer.Put(NameOf(file));
        }
        return writer.Length;
    }

    private static bool DescribePicture(ReadOnlySpan<byte> file, ref Writer writer)
    {
        if (file.StartsWith(PngStart))
        {
            writer.Put("PNG image data"u8);
            if (file.Length >= 29)
            {
                writer.PutSize(
                    BinaryPrimitives.ReadUInt32BigEndian(file[16..]),
                    BinaryPrimitives.ReadUInt32BigEndian(file[20..]));
                writer.Put(", "u8);
                writer.PutNumber(file[24]);
                writer.Put(file[25] switch
                {
                    0 => "-bit grayscale"u8,
                    2 => "-bit/color RGB"u8,
                    3 => "-bit colormap"u8,
                    4 => "-bit gray+alpha"u8,
                    _ => "-bit/color RGBA"u8,
                });
                writer.Put(file[28] == 0 ? ", non-interlaced"u8 : ", interlaced"u8);
            }
            return true;
        }
        if (file.StartsWith("GIF8"u8) && file.Length >= 10)
        {
            writer.Put("GIF image data, version "u8);
            writer.Put(file[3..6]);
            writer.PutSize(
                BinaryPrimitives.ReadUInt16LittleEndian(file[6..]),
                BinaryPrimitives.ReadUInt16LittleEndian(file[8..]));
            return true;
        }
        return false;
    }

    private static bool DescribeProgram(ReadOnlySpan<byte> file, ref Writer writer)
    {
        if (file.StartsWith("\u007fELF"u8) && file.Length >= 20)
        {
            writer.Put(file[4] == 2 ? "ELF 64-bit "u8 : "ELF 32-bit "u8);
            bool isLittle = file[5] == 1;
            writer.Put(isLittle ? "LSB "u8 : "MSB "u8);
            writer.Put((isLittle ? file[16] : file[17]) switch
            {
                1 => "relocatable"u8,
                2 => "executable"u8,
                3 => "shared object"u8,
                _ => "core file"u8,
            });
            return true;
        }
        if (!file.StartsWith("MZ"u8))
        {
            return false;
        }
        int at = file.Length >= 64 ? (int)BinaryPrimitives.ReadUInt32LittleEndian(file[60..]) : -1;
        if (at < 0 || at > file.Length - 96 || !file[at..].StartsWith("PE\0\0"u8))
        {
            writer.Put("MS-DOS executable"u8);
            return true;
        }
        ReadOnlySpan<byte> header = file[at..];
        ushort machine = BinaryPrimitives.ReadUInt16LittleEndian(header[4..]);
        bool isLibrary = (BinaryPrimitives.ReadUInt16LittleEndian(header[22..]) & 0x2000) != 0;
        bool isWide = BinaryPrimitives.ReadUInt16LittleEndian(header[24..]) == 0x20B;
        writer.Put(isWide ? "PE32+ executable "u8 : "PE32 executable "u8);
        writer.Put(isLibrary ? "(DLL) "u8 : ""u8);
        writer.Put(BinaryPrimitives.ReadUInt16LittleEndian(header[92..]) switch
        {
            1 => "(native) "u8,
            2 => "(GUI) "u8,
            3 => "(console) "u8,
            _ => ""u8,
        });
        writer.Put(machine switch
        {
            0x14C => "Intel 80386, for MS Windows"u8,
            0x8664 => "x86-64, for MS Windows"u8,
            0xAA64 => "Aarch64, for MS Windows"u8,
            _ => "for MS Windows"u8,
        });
        return true;
    }

    private static bool DescribeDocument(ReadOnlySpan<byte> file, ref Writer writer)
    {
        if (file.StartsWith("%PDF-"u8))
        {
            writer.Put("PDF document"u8);
            if (file.Length >= 8)
            {
                writer.Put(", version "u8);
                writer.Put(file[5..8]);
            }
            return true;
        }
        if (file.StartsWith("PK\u0003\u0004"u8))
        {
            bool isOffice = file.IndexOf("[Content_Types].xml"u8) >= 0;
            writer.Put(isOffice && file.IndexOf("word/"u8) >= 0 ? "Microsoft Word 2007+"u8
                : isOffice && file.IndexOf("xl/"u8) >= 0 ? "Microsoft Excel 2007+"u8
                : isOffice && file.IndexOf("ppt/"u8) >= 0 ? "Microsoft PowerPoint 2007+"u8
                : isOffice ? "Microsoft OOXML"u8
                : "Zip archive data, at least v2.0 to extract"u8);
            return true;
        }
        if (file.Length >= 4 && file[1..3].SequenceEqual("WS"u8) && file[0] is (byte)'C' or (byte)'F')
        {
            writer.Put("Macromedia Flash data"u8);
            writer.Put(file[0] == 'C' ? " (compressed)"u8 : ""u8);
            writer.Put(", version "u8);
            writer.PutNumber(file[3]);
            return true;
        }
        return false;
    }

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> file)
    {
        if (file.Length >= 4)
        {
            switch (BinaryPrimitives.ReadUInt32BigEndian(file))
            {
                case 0xD0CF11E0:
                    return "Composite Document File V2 Document"u8;
                case 0xCAFEBABE:
                    return "compiled Java class data"u8;
                case 0x52617221:
                    return "RAR archive data"u8;
                case 0x377ABCAF:
                    return "7-zip archive data, version 0.4"u8;
                case 0x4D534346:
                    return "Microsoft Cabinet archive data"u8;
                case 0x7B5C7274:
                    return "Rich Text Format data, version 1"u8;
            }
        }
        return file switch
        {
            [0xFF, 0xD8, 0xFF, ..] => "JPEG image data"u8,
            [0x1F, 0x8B, ..] => "gzip compressed data"u8,
            [(byte)'B', (byte)'Z', (byte)'h', ..] => "bzip2 compressed data"u8,
            [(byte)'B', (byte)'M', ..] => "PC bitmap"u8,
            [(byte)'#', (byte)'!', ..] => "script, ASCII text executable"u8,
            _ => NameOfText(file),
        };
    }

    private static ReadOnlySpan<byte> NameOfText(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> text = file.TrimStart(" \t\r\n"u8);
        if (text.StartsWith("<?xml"u8))
        {
            return "XML 1.0 document, ASCII text"u8;
        }
        bool isPage = StartsWith(text, "<!doctype html"u8) || StartsWith(text, "<html"u8)
            || StartsWith(text, "<head"u8);
        if (isPage)
        {
            return "HTML document, ASCII text"u8;
        }
        foreach (byte one in file)
        {
            if (one is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f') or > 0x7E)
            {
                return "data"u8;
            }
        }
        return file.IsEmpty ? "empty"u8 : "ASCII text"u8;
    }

    private static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start) =>
        text.Length >= start.Length && System.Text.Ascii.EqualsIgnoreCase(text[..start.Length], start);

    private static ReadOnlySpan<byte> PngStart => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    private ref struct Writer(Span<byte> text)
    {
        private readonly Span<byte> _text = text;

        public int Length { get; private set; }

        public void Put(ReadOnlySpan<byte> part)
        {
            part = part[..Math.Min(part.Length, _text.Length - Length)];
            part.CopyTo(_text[Length..]);
            Length += part.Length;
        }

        public void PutNumber(uint number)
        {
            if (Utf8Formatter.TryFormat(number, _text[Length..], out int written))
            {
                Length += written;
            }
        }

        public void PutSize(uint width, uint height)
        {
            Put(", "u8);
            PutNumber(width);
            Put(" x "u8);
            PutNumber(height);
        }
    }
}
