namespace Dataplane.Stacks.Applications;

/// <summary>Transfer codings of mail bodies.</summary>
internal enum MailCoding : byte
{
    None,
    Base64,
    QuotedPrintable,
}

/// <summary>Decodes the lines of a mail's part (RFC 2045, 6).</summary>
internal struct MailDecoder
{
    private MailCoding _coding;
    private uint _bits;
    private int _sextets;
    private bool _hasEnded;
    private bool _owesLineEnd;

    /// <summary>Begins a part.</summary>
    public void Begin(MailCoding coding)
    {
        this = default;
        _coding = coding;
    }

    /// <summary>Decodes a line; the line end before a boundary is the boundary's, so each is written with
    /// the line behind it.</summary>
    public void TakeLine(ReadOnlySpan<byte> line, AppFile file)
    {
        if (_coding == MailCoding.Base64)
        {
            DecodeBase64(line, file);
            return;
        }
        if (_owesLineEnd)
        {
            file.Append("\r\n"u8);
        }
        _owesLineEnd = true;
        if (_coding == MailCoding.None)
        {
            file.Append(line);
        }
        else
        {
            DecodeQuoted(line, file);
        }
    }

    private static int SextetOf(byte value) => value switch
    {
        >= (byte)'A' and <= (byte)'Z' => value - 'A',
        >= (byte)'a' and <= (byte)'z' => value - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => value - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => -1,
    };

    private void DecodeBase64(ReadOnlySpan<byte> line, AppFile file)
    {
        Span<byte> three = stackalloc byte[3];
        foreach (byte value in line)
        {
            int sextet = SextetOf(value);
            if (_hasEnded || (sextet < 0 && value != '='))
            {
                continue;
            }
            if (value == '=')
            {
                WriteRest(file);
                _hasEnded = true;
                continue;
            }
            _bits = (_bits << 6) | (uint)sextet;
            if (++_sextets == 4)
            {
                three[0] = (byte)(_bits >> 16);
                three[1] = (byte)(_bits >> 8);
                three[2] = (byte)_bits;
                file.Append(three);
                (_bits, _sextets) = (0, 0);
            }
        }
    }

    private void WriteRest(AppFile file)
    {
        if (_sextets >= 2)
        {
            uint bits = _bits << (6 * (4 - _sextets));
            file.Append([(byte)(bits >> 16)]);
            if (_sextets == 3)
            {
                file.Append([(byte)(bits >> 8)]);
            }
        }
        (_bits, _sextets) = (0, 0);
    }

    private void DecodeQuoted(ReadOnlySpan<byte> line, AppFile file)
    {
        line = line.TrimEnd(" \t"u8);
        if (line.EndsWith("="u8))
        {
            // A soft line end: the line goes on with the next one.
            line = line[..^1];
            _owesLineEnd = false;
        }
        while (!line.IsEmpty)
        {
            int sign = line.IndexOf((byte)'=');
            file.Append(sign < 0 ? line : line[..sign]);
            if (sign < 0)
            {
                return;
            }
            line = line[sign..];
            int high = line.Length > 2 ? HttpWords.HexValue(line[1]) : -1;
            int low = line.Length > 2 ? HttpWords.HexValue(line[2]) : -1;
            bool isCoded = high >= 0 && low >= 0;
            file.Append([isCoded ? (byte)((high << 4) | low) : (byte)'=']);
            line = line[(isCoded ? 3 : 1)..];
        }
    }
}
