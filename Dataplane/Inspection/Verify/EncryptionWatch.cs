using System.Runtime.InteropServices;
using Dataplane.Packets;

namespace Dataplane.Inspection.Verify;

/// <summary>Tells from the heads of records alone where the streams of a TLS or SSH connection turn to
/// ciphertext.</summary>
/// <remarks>
/// TLS: at the first record of application data behind the server's answer, for both sides. SSH: behind each
/// side's NEWKEYS. Bytes that fit neither make the flow plain for good, which errs on the side of inspection.
/// </remarks>
public static class EncryptionWatch
{
    private const byte HandshakeRecord = 22;
    private const byte ApplicationRecord = 23;
    private const byte FirstRecord = 20;
    private const byte LastRecord = 24;
    private const byte ClientHello = 1;
    private const byte ServerHello = 2;
    private const byte NewKeys = 21;
    private const int TlsHeaderBytes = 5;
    private const int TlsRecordMax = 16_384 + 2_048;
    private const int SshHeaderBytes = 6;
    private const int SshRecordMax = 35_000;
    private const int SshBannerMax = 255;

    /// <summary>True when a stream that begins with this byte may be one of them.</summary>
    public static bool MayBegin(byte first) => first is HandshakeRecord or (byte)'S';

    /// <summary>Takes the next bytes of a side and says what is known now.</summary>
    /// <param name="flow">What is kept of the flow; zero at its start.</param>
    /// <param name="sender">Who sent the bytes.</param>
    /// <param name="bytes">In order, from the stream's first byte on.</param>
    /// <param name="isAnswered">True when the other side is known to have sent something, where its bytes are
    /// not watched.</param>
    /// <param name="clear">How many of the bytes come before the ciphertext; all of them while there is
    /// none.</param>
    public static EncryptionState Take(
        ref WatchedFlow flow, Side sender, ReadOnlySpan<byte> bytes, bool isAnswered, out int clear)
    {
        int count = bytes.Length;
        ref WatchedSide side = ref sender == Side.Server ? ref flow.Server : ref flow.Client;
        EncryptionState state = EncryptionState.Unknown;
        while (!bytes.IsEmpty && state == EncryptionState.Unknown)
        {
            if (side.Skip > 0)
            {
                int skipped = (int)Math.Min(side.Skip, (uint)bytes.Length);
                side.Skip -= (uint)skipped;
                bytes = bytes[skipped..];
                continue;
            }
            state = side.Kind switch
            {
                WatchedKind.SshBanner => SkipBanner(ref side, ref bytes),
                WatchedKind.SshDone => EncryptionState.Ssh,
                _ => TakeHead(ref flow, ref side, sender, ref bytes, isAnswered),
            };
        }
        clear = state switch
        {
            EncryptionState.Tls => Math.Max(0, count - bytes.Length - TlsHeaderBytes),
            EncryptionState.Ssh => count - bytes.Length,
            _ => count,
        };
        return state;
    }

    private static EncryptionState TakeHead(
        ref WatchedFlow flow, ref WatchedSide side, Side sender, ref ReadOnlySpan<byte> bytes,
        bool isAnswered)
    {
        side[side.HeadCount++] = bytes[0];
        bytes = bytes[1..];
        switch (side.Kind)
        {
            case WatchedKind.Unknown when side[0] == HandshakeRecord:
                return side.HeadCount < TlsHeaderBytes + 1 ? EncryptionState.Unknown
                    : FirstTls(ref flow, ref side, sender);
            case WatchedKind.Unknown:
                return FirstSsh(ref side);
            case WatchedKind.Tls:
                return side.HeadCount < TlsHeaderBytes ? EncryptionState.Unknown
                    : NextTls(flow, ref side, sender, isAnswered);
            default:
                return side.HeadCount < SshHeaderBytes ? EncryptionState.Unknown : NextSsh(ref side);
        }
    }

    private static EncryptionState FirstTls(ref WatchedFlow flow, ref WatchedSide side, Side sender)
    {
        byte hello = sender == Side.Server ? ServerHello : ClientHello;
        int length = LengthOfTls(side);
        if (length < 1 || side[TlsHeaderBytes] != hello)
        {
            return EncryptionState.Plain;
        }
        flow.IsAnswered |= (byte)(sender == Side.Server ? 1 : 0);
        side.Kind = WatchedKind.Tls;
        side.HeadCount = 0;
        side.Skip = (uint)length - 1;
        return EncryptionState.Unknown;
    }

    private static EncryptionState NextTls(
        in WatchedFlow flow, ref WatchedSide side, Side sender, bool isAnswered)
    {
        int length = LengthOfTls(side);
        if (length < 0)
        {
            return EncryptionState.Plain;
        }

        // Early data (RFC 8446, 2.3) comes before the server has agreed to anything.
        bool isAgreed = sender == Side.Server || flow.IsAnswered != 0 || isAnswered;
        if (side[0] == ApplicationRecord && isAgreed)
        {
            return EncryptionState.Tls;
        }
        side.HeadCount = 0;
        side.Skip = (uint)length;
        return EncryptionState.Unknown;
    }

    /// <summary>Length of the record that the head begins; -1: it is none.</summary>
    private static int LengthOfTls(in WatchedSide side)
    {
        int length = (side[3] << 8) | side[4];
        return side[0] is >= FirstRecord and <= LastRecord && side[1] == 3 && length <= TlsRecordMax
            ? length : -1;
    }

    private static EncryptionState FirstSsh(ref WatchedSide side)
    {
        if (side[side.HeadCount - 1] != "SSH-"u8[side.HeadCount - 1])
        {
            return EncryptionState.Plain;
        }
        if (side.HeadCount == "SSH-"u8.Length)
        {
            side.Kind = WatchedKind.SshBanner;
        }
        return EncryptionState.Unknown;
    }

    private static EncryptionState SkipBanner(ref WatchedSide side, ref ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)'\n');
        int count = end < 0 ? bytes.Length : end + 1;
        if (count + side.HeadCount > SshBannerMax)
        {
            return EncryptionState.Plain;
        }
        bytes = bytes[count..];
        side.HeadCount = end < 0 ? (byte)(side.HeadCount + count) : (byte)0;
        side.Kind = end < 0 ? WatchedKind.SshBanner : WatchedKind.Ssh;
        return EncryptionState.Unknown;
    }

    private static EncryptionState NextSsh(ref WatchedSide side)
    {
        uint length = ((uint)side[0] << 24) | ((uint)side[1] << 16) | ((uint)side[2] << 8) | side[3];
        if (length is < 2 or > SshRecordMax)
        {
            return EncryptionState.Plain;
        }
        side.Kind = side[5] == NewKeys ? WatchedKind.SshDone : side.Kind;
        side.HeadCount = 0;
        side.Skip = length - 2;
        return EncryptionState.Unknown;
    }
}

/// <summary>What is known of a flow's bytes.</summary>
public enum EncryptionState : byte
{
    Unknown,

    /// <summary>Neither TLS nor SSH: nothing more will be found.</summary>
    Plain,

    /// <summary>Both sides of a TLS connection are encrypted.</summary>
    Tls,

    /// <summary>The sender of an SSH connection is encrypted.</summary>
    Ssh,
}

/// <summary>Where one side is in its records.</summary>
[StructLayout(LayoutKind.Sequential, Size = 12)]
public struct WatchedSide
{
    /// <summary>Bytes until the next head.</summary>
    public uint Skip;
    private uint _head;
    private ushort _headEnd;

    /// <summary>Bytes of the head that are there; of a banner: bytes seen.</summary>
    public byte HeadCount;
    public WatchedKind Kind;

    /// <summary>A byte of the head, which has six.</summary>
    public byte this[int index]
    {
        readonly get => (byte)(index < 4 ? _head >> (index * 8) : (uint)_headEnd >> ((index - 4) * 8));
        set
        {
            if (index < 4)
            {
                _head = (_head & ~(0xFFu << (index * 8))) | ((uint)value << (index * 8));
            }
            else
            {
                int shift = (index - 4) * 8;
                _headEnd = (ushort)((_headEnd & ~(0xFF << shift)) | (value << shift));
            }
        }
    }
}

/// <summary>What a side's bytes are, as far as watched.</summary>
public enum WatchedKind : byte
{
    Unknown,
    Tls,
    SshBanner,
    Ssh,

    /// <summary>Behind NEWKEYS.</summary>
    SshDone,
}

/// <summary>Both sides of a watched flow: 28 bytes, zero at its start.</summary>
[StructLayout(LayoutKind.Sequential, Size = 28)]
public struct WatchedFlow
{
    public WatchedSide Client;
    public WatchedSide Server;

    /// <summary>1: the server's hello was seen.</summary>
    public byte IsAnswered;
}
