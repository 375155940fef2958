using System.Buffers.Binary;
using System.Text;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>Recognises a TCP flow's application protocol from the first bytes of a side, by patterns and by
/// what is usual on a port (as Suricata does).</summary>
public static class ProtocolProbe
{
    /// <summary>A side is given up when nothing fits in so many bytes.</summary>
    private const int DecideBytes = 32;

    private const int KerberosBytes = 7;

    /// <summary>MQTT's name is somewhere in so many bytes.</summary>
    private const int MqttBytes = 12;

    private const ushort Dns = 53;
    private const ushort Rdp = 3389;

    /// <summary>What the bytes are: Unknown while more could tell, Failed when nothing fits.</summary>
    public static AppProtocol Recognise(Side sender, ReadOnlySpan<byte> bytes, ushort serverPort)
    {
        if (bytes.IsEmpty)
        {
            return AppProtocol.Unknown;
        }
        AppProtocol common = OfEitherSide(bytes);
        if (common > AppProtocol.Failed)
        {
            return common;
        }
        AppProtocol own = sender == Side.Client ? OfClient(bytes) : OfServer(bytes, serverPort);
        if (own > AppProtocol.Failed)
        {
            return own;
        }
        AppProtocol port = OfPort(sender, bytes, serverPort);
        if (port != AppProtocol.Failed)
        {
            return port;
        }
        return own == AppProtocol.Unknown || common == AppProtocol.Unknown
            ? AppProtocol.Unknown : AppProtocol.Failed;
    }

    private static AppProtocol OfEitherSide(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("SSH-"u8))
        {
            return AppProtocol.Ssh;
        }
        if (bytes[0] is 0x14 or 0x15 or 0x16 or 0x17)
        {
            return bytes.Length < 3 ? AppProtocol.Unknown
                : bytes[1] == 3 && bytes[2] <= 4 ? AppProtocol.Tls : AppProtocol.Failed;
        }
        if (bytes[0] == 0 && bytes.Length >= 8 && bytes[4] is 0xFF or 0xFE
            && bytes.Slice(5, 3).SequenceEqual("SMB"u8))
        {
            return AppProtocol.Smb;
        }
        if (bytes.StartsWith("\x05\x00"u8) && bytes.Length >= 3 && bytes[2] <= 19)
        {
            return AppProtocol.DceRpc;
        }
        if (bytes.StartsWith("RFB 0"u8))
        {
            return AppProtocol.Rfb;
        }
        bool mayBe = IsPrefix(bytes, "SSH-"u8) || (bytes[0] == 0 && bytes.Length < 8);
        return mayBe ? AppProtocol.Unknown : AppProtocol.Failed;
    }

    private static AppProtocol OfClient(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("PRI * HTTP/2.0"u8))
        {
            return AppProtocol.Http2;
        }
        if (IsPrefix(bytes, "PRI * HTTP/2.0"u8) || (bytes[0] == 0x10 && bytes.Length < MqttBytes))
        {
            return AppProtocol.Unknown;
        }
        AppProtocol http = HttpWords.RecogniseMethod(bytes);
        if (http != AppProtocol.Failed)
        {
            return http;
        }
        if (IsSsl2Hello(bytes))
        {
            return AppProtocol.Tls;
        }
        if (bytes.Length >= 4 && (IsWord(bytes, "EHLO"u8) || IsWord(bytes, "HELO"u8)
            || IsWord(bytes, "QUIT"u8)))
        {
            return AppProtocol.Smtp;
        }
        if (IsWord(bytes, "USER "u8) || IsWord(bytes, "PASS "u8) || IsWord(bytes, "PORT "u8)
            || IsWord(bytes, "FEAT"u8))
        {
            return AppProtocol.Ftp;
        }
        bool isMqtt = bytes[0] == 0x10 && (bytes[2..MqttBytes].IndexOf("MQTT"u8) >= 0
            || bytes[2..MqttBytes].IndexOf("MQIsdp"u8) >= 0);
        if (isMqtt)
        {
            return AppProtocol.Mqtt;
        }
        return bytes.Length < 5 ? AppProtocol.Unknown : AppProtocol.Failed;
    }

    private static AppProtocol OfServer(ReadOnlySpan<byte> bytes, ushort serverPort)
    {
        if (bytes.StartsWith("HTTP/1.1"u8) || bytes.StartsWith("HTTP/1.0"u8)
            || bytes.StartsWith("HTTP/0.9"u8))
        {
            return AppProtocol.Http;
        }
        if (IsWord(bytes, "220 ("u8))
        {
            return AppProtocol.Ftp;
        }
        if (IsWord(bytes, "* OK "u8))
        {
            return AppProtocol.Imap;
        }
        if (IsWord(bytes, "+OK "u8) && serverPort == 110)
        {
            return AppProtocol.Pop3;
        }
        bool isGreeting = bytes.StartsWith("220"u8) && bytes.Length > 3 && bytes[3] is (byte)' ' or (byte)'-';
        if (isGreeting && serverPort is 25 or 465 or 587)
        {
            return bytes.IndexOf((byte)'\n') >= 0 ? AppProtocol.Smtp : AppProtocol.Unknown;
        }
        return bytes.Length < 8 ? AppProtocol.Unknown : AppProtocol.Failed;
    }

    private static AppProtocol OfPort(Side sender, ReadOnlySpan<byte> bytes, ushort serverPort)
    {
        switch (serverPort)
        {
            case Dns:
                return RecogniseDns(bytes);
            case Rdp:
                return bytes.Length < 6 ? AppProtocol.Unknown
                    : bytes[0] == 3 && bytes[1] == 0 && bytes[5] is 0xE0 or 0xD0 ? AppProtocol.Rdp
                    : AppProtocol.Failed;
            case 88:
                return bytes.Length < (sender == Side.Client ? DecideBytes : KerberosBytes)
                    ? AppProtocol.Unknown
                    : bytes[4] is 0x6A or 0x6B or 0x6C or 0x6D or 0x6E or 0x7E
                    ? AppProtocol.Krb5 : AppProtocol.Failed;
            case 23:
                return bytes.Length < 3 && bytes[0] == 0xFF ? AppProtocol.Unknown
                    : bytes[0] == 0xFF && bytes[1] >= 0xF0
                    ? AppProtocol.Telnet : AppProtocol.Failed;
            default:
                return AppProtocol.Failed;
        }
    }

    /// <summary>A whole message behind its length, as far as the probe sees.</summary>
    private static AppProtocol RecogniseDns(ReadOnlySpan<byte> bytes)
    {
        const int lengthBytes = 2;
        const int wholeMax = 2_048;
        int length = bytes.Length < lengthBytes ? wholeMax : BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (bytes.Length < lengthBytes + Math.Min(length, wholeMax))
        {
            return AppProtocol.Unknown;
        }
        ReadOnlySpan<byte> message = bytes.Slice(lengthBytes, Math.Min(length, wholeMax));
        return DatagramProbe.IsDns(message) ? AppProtocol.Dns : AppProtocol.Failed;
    }

    /// <summary>A version 2 client hello: two bytes of length with the top bit, type 1.</summary>
    private static bool IsSsl2Hello(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 5 && (bytes[0] & 0x80) != 0 && bytes[2] == 1
        && ((bytes[3] == 0 && bytes[4] == 2) || (bytes[3] == 3 && bytes[4] <= 3));

    private static bool IsPrefix(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> pattern) =>
        bytes.Length < pattern.Length && pattern.StartsWith(bytes);

    private static bool IsWord(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> word) =>
        bytes.Length >= word.Length && Ascii.EqualsIgnoreCase(bytes[..word.Length], word);
}
