using System.Security.Cryptography;
using Dataplane.Events.Applications;

namespace Dataplane.Stacks.Applications;

/// <summary>The certificates one side sent, as DER, and what the first one says.</summary>
public sealed class TlsCertificates
{
    /// <summary>Certificates that are kept.</summary>
    public const int CertificateMax = 16;

    private const int NameMax = 64;
    private readonly GrowingBytes _der;
    private readonly GrowingBytes _text;
    private readonly List<TextRange> _certificates = new(4);
    private readonly List<TextRange> _names = new(4);
    private TextRange _subject;
    private TextRange _issuer;
    private TextRange _serial;
    private TextRange _fingerprint;

    internal TlsCertificates(ApplicationStack stack)
    {
        _der = new GrowingBytes(stack.Bytes, 64 * 1024);
        _text = new GrowingBytes(stack.Bytes, 16 * 1024);
    }

    /// <summary>How many there are.</summary>
    public int Count => _certificates.Count;

    /// <summary>Alternative names of the first.</summary>
    public int NameCount => _names.Count;

    /// <summary>Validity of the first, seconds since 1970.</summary>
    public long NotBefore { get; private set; }

    public long NotAfter { get; private set; }

    public bool TryGet(AppBuffer buffer, int instance, out ReadOnlySpan<byte> bytes)
    {
        if (buffer == AppBuffer.TlsCerts)
        {
            bytes = _certificates[instance].Of(_der.Span);
            return true;
        }
        TextRange range = buffer switch
        {
            AppBuffer.TlsCertSubject => _subject,
            AppBuffer.TlsCertIssuer => _issuer,
            AppBuffer.TlsCertSerial => _serial,
            AppBuffer.TlsCertFingerprint => _fingerprint,
            AppBuffer.TlsSubjectAltName => _names[instance],
            _ => default,
        };
        bytes = range.Of(_text.Span);
        return range.Length > 0;
    }

    /// <summary>Reads a certificate message's list.</summary>
    /// <returns>Null when all is well, else what is wrong.</returns>
    internal AppAnomaly? Read(ReadOnlySpan<byte> list)
    {
        AppAnomaly? problem = null;
        while (list.Length >= 3 && _certificates.Count < CertificateMax)
        {
            int length = (list[0] << 16) | (list[1] << 8) | list[2];
            if (length == 0 || length + 3 > list.Length)
            {
                return AppAnomaly.TlsCertificateInvalidLength;
            }
            int at = _der.Length;
            _der.Append(list.Slice(3, length));
            _certificates.Add(new TextRange(at, _der.Length - at));
            if (_certificates.Count == 1)
            {
                problem = ReadFirst(list.Slice(3, length));
            }
            list = list[(length + 3)..];
        }
        return problem;
    }

    internal void Clear()
    {
        _der.Clear();
        _text.Clear();
        _certificates.Clear();
        _names.Clear();
        (_subject, _issuer, _serial, _fingerprint) = (default, default, default, default);
        (NotBefore, NotAfter) = (0, 0);
    }

    private AppAnomaly? ReadFirst(ReadOnlySpan<byte> der)
    {
        Span<byte> hash = stackalloc byte[20];
#pragma warning disable CA5350 // The fingerprint that rules and logs use is SHA-1.
        SHA1.HashData(der, hash);
#pragma warning restore CA5350
        _fingerprint = AppendHex(hash, "0123456789abcdef"u8);
        if (!X509Reader.TryRead(der, out X509Fields fields))
        {
            return AppAnomaly.TlsInvalidCertificate;
        }
        _serial = AppendHex(fields.Serial, "0123456789ABCDEF"u8);
        _issuer = AppendName(fields.Issuer);
        _subject = AppendName(fields.Subject);
        (NotBefore, NotAfter) = (fields.NotBefore, fields.NotAfter);
        ReadOnlySpan<byte> names = fields.AlternativeNames;
        while (_names.Count < NameMax
            && DerReader.TryTake(ref names, out byte tag, out ReadOnlySpan<byte> name))
        {
            const byte dnsName = 0x82;
            if (tag == dnsName)
            {
                int at = _text.Length;
                _text.Append(name);
                _names.Add(new TextRange(at, _text.Length - at));
            }
        }
        return null;
    }

    private TextRange AppendName(ReadOnlySpan<byte> name)
    {
        int at = _text.Length;
        X509Names.Write(name, _text);
        return new TextRange(at, _text.Length - at);
    }

    private TextRange AppendHex(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> digits)
    {
        int at = _text.Length;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (i > 0)
            {
                _text.Append((byte)':');
            }
            _text.Append(digits[bytes[i] >> 4]);
            _text.Append(digits[bytes[i] & 15]);
        }
        return new TextRange(at, _text.Length - at);
    }
}
