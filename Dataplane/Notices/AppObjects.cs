using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Json;
using Dataplane.Events.Applications;
using Dataplane.NetworkFunctions;

namespace Dataplane.Notices;

/// <summary>Writes the fields of a transaction as Suricata's EVE names them.</summary>
internal static class AppObjects
{
    private const int HeadBytes = 3;

    /// <summary>DNS is written in the second of EVE's forms.</summary>
    private const int DnsVersion = 2;

    /// <summary>Writes <c>"http":{…}</c>, <c>"tls":{…}</c> or <c>"dns":{…}</c>; nothing for other
    /// protocols.</summary>
    public static void Write(
        JsonLine line, AppProtocol protocol, ReadOnlySpan<byte> fields, uint transaction = 0,
        bool isAnswer = false)
    {
        if (fields.IsEmpty)
        {
            return;
        }
        Utf8JsonWriter json = line.Json;
        json.WriteStartObject(AppProtocols.NameOf(protocol));
        if (protocol == AppProtocol.Dns)
        {
            json.WriteNumber("version"u8, DnsVersion);
            WriteDns(json, fields, transaction, isAnswer);
        }
        else
        {
            WriteFields(json, fields);
        }
        json.WriteEndObject();
    }

    /// <summary>In alerts a question lies in a list, as EVE has it.</summary>
    public static void WriteDnsOfAlert(
        JsonLine line, ReadOnlySpan<byte> fields, uint transaction, bool isAnswer)
    {
        if (fields.IsEmpty)
        {
            return;
        }
        Utf8JsonWriter json = line.Json;
        json.WriteStartObject("dns"u8);
        json.WriteNumber("version"u8, DnsVersion);
        if (isAnswer)
        {
            json.WriteStartObject("answer"u8);
            WriteDns(json, fields, transaction, isAnswer);
            json.WriteEndObject();
        }
        else
        {
            json.WriteStartArray("query"u8);
            json.WriteStartObject();
            WriteDns(json, fields, transaction, isAnswer);
            json.WriteEndObject();
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteDns(
        Utf8JsonWriter json, ReadOnlySpan<byte> fields, uint transaction, bool isAnswer)
    {
        json.WriteString("type"u8, isAnswer ? "answer"u8 : "query"u8);
        WriteFields(json, fields);
        if (!isAnswer)
        {
            json.WriteNumber("tx_id"u8, transaction);
        }
    }

    private static void WriteFields(Utf8JsonWriter json, ReadOnlySpan<byte> fields)
    {
        while (fields.Length >= HeadBytes)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(fields[1..]);
            if (HeadBytes + length > fields.Length)
            {
                break;
            }
            WriteField(json, fields[0], fields.Slice(HeadBytes, length));
            fields = fields[(HeadBytes + length)..];
        }
    }

    private static void WriteField(Utf8JsonWriter json, byte kind, ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> name = NameOf(kind);
        if (kind == AppFields.KindOf(AppNumber.TlsVersion))
        {
            _ = Utf8Parser.TryParse(text, out int version, out _);
            json.WriteString(name, VersionOf(version));
        }
        else if (kind == AppFields.KindOf(AppNumber.DnsRrtype))
        {
            _ = Utf8Parser.TryParse(text, out int type, out _);
            WriteType(json, name, type);
        }
        else if (kind == AppFields.KindOf(AppNumber.DnsRcode))
        {
            _ = Utf8Parser.TryParse(text, out int code, out _);
            json.WriteString(name, CodeOf(code));
        }
        else if (kind >= AppFields.KindOf(default) || kind == (byte)AppBuffer.HttpStatusCode)
        {
            if (Utf8Parser.TryParse(text, out long number, out int used) && used == text.Length)
            {
                json.WriteNumber(name, number);
            }
        }
        else if (!name.IsEmpty)
        {
            json.WriteString(name, text);
        }
    }

    private static ReadOnlySpan<byte> NameOf(byte kind)
    {
        if (kind >= AppFields.KindOf(default))
        {
            return (AppNumber)(kind - AppFields.KindOf(default)) switch
            {
                AppNumber.BodyBytes => "length"u8,
                AppNumber.TlsVersion => "version"u8,
                AppNumber.DnsId => "id"u8,
                AppNumber.DnsRcode => "rcode"u8,
                AppNumber.DnsRrtype => "rrtype"u8,
                _ => default,
            };
        }
        return (AppBuffer)kind switch
        {
            AppBuffer.HttpHost => "hostname"u8,
            AppBuffer.HttpUri => "url"u8,
            AppBuffer.HttpUserAgent => "http_user_agent"u8,
            AppBuffer.HttpContentType => "http_content_type"u8,
            AppBuffer.HttpReferer => "http_refer"u8,
            AppBuffer.HttpMethod => "http_method"u8,
            AppBuffer.HttpProtocol => "protocol"u8,
            AppBuffer.HttpStatusCode => "status"u8,
            AppBuffer.HttpLocation => "redirect"u8,
            AppBuffer.TlsCertSubject => "subject"u8,
            AppBuffer.TlsCertIssuer => "issuerdn"u8,
            AppBuffer.TlsCertSerial => "serial"u8,
            AppBuffer.TlsCertFingerprint => "fingerprint"u8,
            AppBuffer.TlsSni => "sni"u8,
            AppBuffer.DnsQuery => "rrname"u8,
            _ => default,
        };
    }

    private static ReadOnlySpan<byte> VersionOf(int version) => version switch
    {
        0x0304 => "TLS 1.3"u8,
        0x0303 => "TLS 1.2"u8,
        0x0302 => "TLS 1.1"u8,
        0x0301 => "TLS 1.0"u8,
        0x0300 => "SSLv3"u8,
        _ => "UNDETERMINED"u8,
    };

    private static ReadOnlySpan<byte> CodeOf(int code) => code switch
    {
        0 => "NOERROR"u8,
        1 => "FORMERR"u8,
        2 => "SERVFAIL"u8,
        3 => "NXDOMAIN"u8,
        4 => "NOTIMP"u8,
        5 => "REFUSED"u8,
        _ => "OTHER"u8,
    };

    private static void WriteType(Utf8JsonWriter json, ReadOnlySpan<byte> name, int type)
    {
        ReadOnlySpan<byte> known = type switch
        {
            1 => "A"u8,
            2 => "NS"u8,
            5 => "CNAME"u8,
            6 => "SOA"u8,
            12 => "PTR"u8,
            15 => "MX"u8,
            16 => "TXT"u8,
            28 => "AAAA"u8,
            33 => "SRV"u8,
            65 => "HTTPS"u8,
            255 => "ANY"u8,
            _ => default,
        };
        if (known.IsEmpty)
        {
            json.WriteNumber(name, type);
        }
        else
        {
            json.WriteString(name, known);
        }
    }
}
