using System.Buffers.Binary;
using System.Buffers.Text;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.NetworkFunctions;

/// <summary>What logs say of a transaction, as fields behind each other: kind, length (u16), text.</summary>
internal static class AppFields
{
    /// <summary>Longest text of a field; the rest is left out.</summary>
    public const int TextBytesMax = 512;

    private const int HeadBytes = 3;

    private static readonly (AppBuffer Buffer, Side Sender)[] Http =
    [
        (AppBuffer.HttpHost, Side.Client), (AppBuffer.HttpUri, Side.Client),
        (AppBuffer.HttpUserAgent, Side.Client), (AppBuffer.HttpContentType, Side.Server),
        (AppBuffer.HttpReferer, Side.Client), (AppBuffer.HttpMethod, Side.Client),
        (AppBuffer.HttpProtocol, Side.Client), (AppBuffer.HttpStatusCode, Side.Server),
        (AppBuffer.HttpLocation, Side.Server),
    ];

    private static readonly (AppBuffer Buffer, Side Sender)[] Tls =
    [
        (AppBuffer.TlsCertSubject, Side.Server), (AppBuffer.TlsCertIssuer, Side.Server),
        (AppBuffer.TlsCertSerial, Side.Server), (AppBuffer.TlsCertFingerprint, Side.Server),
        (AppBuffer.TlsSni, Side.Client),
    ];

    /// <summary>The transaction that an alert of a packet or stream is likely about: the oldest that is not
    /// over.</summary>
    public static AppTransaction? Oldest(IAppFlow application) =>
        application.TransactionCount == 0 ? null : application[0];

    /// <summary>A live transaction by its number.</summary>
    public static AppTransaction? Find(IAppFlow application, uint number)
    {
        for (int i = 0; i < application.TransactionCount; i++)
        {
            if (application[i].Number == number)
            {
                return application[i];
            }
        }
        return null;
    }

    /// <summary>Writes the fields of a transaction; returns their length.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="sender">Whose message counts where question and answer are written apart (DNS).</param>
    /// <param name="target">Where to.</param>
    public static int Write(AppTransaction transaction, Side sender, Span<byte> target)
    {
        int length = 0;
        switch (transaction.Protocol)
        {
            case AppProtocol.Http:
                Append(transaction, Http, target, ref length);
                AppendNumber(AppNumber.BodyBytes, Side.Server, transaction, target, ref length);
                break;
            case AppProtocol.Tls:
                Append(transaction, Tls, target, ref length);
                AppendNumber(AppNumber.TlsVersion, Side.Server, transaction, target, ref length);
                break;
            case AppProtocol.Dns:
                AppendDns(transaction, sender, target, ref length);
                break;
        }
        return length;
    }

    /// <summary>The kind under which a number is written; buffers have their own.</summary>
    public static byte KindOf(AppNumber number) => (byte)(200 + (int)number);

    private static void AppendDns(
        AppTransaction transaction, Side sender, Span<byte> target, ref int length)
    {
        AppendNumber(AppNumber.DnsId, sender, transaction, target, ref length);
        if (sender == Side.Server)
        {
            AppendNumber(AppNumber.DnsRcode, sender, transaction, target, ref length);
        }
        AppendNumber(AppNumber.DnsRrtype, sender, transaction, target, ref length);
        if (transaction.TryGet(AppBuffer.DnsQueriesRrname, sender, 0, out ReadOnlySpan<byte> name))
        {
            AppendText((byte)AppBuffer.DnsQuery, name, target, ref length);
        }
    }

    private static void Append(
        AppTransaction transaction, ReadOnlySpan<(AppBuffer Buffer, Side Sender)> fields, Span<byte> target,
        ref int length)
    {
        foreach ((AppBuffer buffer, Side sender) in fields)
        {
            if (transaction.TryGet(buffer, sender, 0, out ReadOnlySpan<byte> text))
            {
                AppendText((byte)buffer, text, target, ref length);
            }
        }
    }

    private static void AppendNumber(
        AppNumber number, Side sender, AppTransaction transaction, Span<byte> target, ref int length)
    {
        if (transaction.TryGet(number, sender, out long value))
        {
            Span<byte> digits = stackalloc byte[24];
            Utf8Formatter.TryFormat(value, digits, out int written);
            AppendText(KindOf(number), digits[..written], target, ref length);
        }
    }

    private static void AppendText(byte kind, ReadOnlySpan<byte> text, Span<byte> target, ref int length)
    {
        text = text[..Math.Min(text.Length, TextBytesMax)];
        if (length + HeadBytes + text.Length > target.Length)
        {
            return;
        }
        target[length] = kind;
        BinaryPrimitives.WriteUInt16LittleEndian(target[(length + 1)..], (ushort)text.Length);
        text.CopyTo(target[(length + HeadBytes)..]);
        length += HeadBytes + text.Length;
    }
}
