using System.Security.Cryptography;
using Dataplane.Events.Applications;
using Dataplane.Inspection.Compile;
using Dataplane.Packets;

namespace Dataplane.Inspection.Verify;

/// <summary>Gives the texts and numbers of a transaction that rules ask for.</summary>
/// <remarks>One per worker. A digest is valid until the next call; a file of which bytes are missing has
/// none.</remarks>
public sealed class TransactionTexts
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private readonly byte[] _digest = new byte[SHA256.HashSizeInBytes];
    private readonly byte[] _kind = new byte[FileMagic.TextBytesMax];

    public bool TryGet(
        AppTransaction transaction, Side sender, int text, int instance, out ReadOnlySpan<byte> bytes)
    {
        if (text >= ApplicationFields.FileMd5)
        {
            return TryGetDigest(transaction, sender, text, instance, out bytes);
        }
        bytes = default;
        var buffer = (AppBuffer)text;
        if (buffer == AppBuffer.FileName && instance >= transaction.CountOf(AppBuffer.FileData, sender))
        {
            // A name without a file, such as that of a request without a body.
            return false;
        }
        return (instance == 0 || AppBuffers.IsMultiple(buffer))
            && transaction.TryGet(buffer, sender, instance, out bytes);
    }

    public static bool TryGetNumber(
        AppTransaction transaction, Side sender, int number, long timeNs, out ulong value)
    {
        long found;
        bool has;
        switch (number)
        {
            case ApplicationFields.FileCount:
                value = (ulong)transaction.CountOf(AppBuffer.FileData, sender);
                return value > 0;
            case ApplicationFields.FileBytes:
                value = transaction.BodyOf(sender, 0).SeenBytes;
                return transaction.CountOf(AppBuffer.FileData, sender) > 0;
            case ApplicationFields.CertificateExpired:
                has = transaction.TryGet(AppNumber.TlsNotAfter, sender, out found);
                value = has && timeNs / NanosecondsPerSecond > found ? 1UL : 0;
                return has;
            case ApplicationFields.CertificateValid:
                has = transaction.TryGet(AppNumber.TlsNotAfter, sender, out found);
                has &= transaction.TryGet(AppNumber.TlsNotBefore, sender, out long from);
                long now = timeNs / NanosecondsPerSecond;
                value = has && now >= from && now <= found ? 1UL : 0;
                return has;
            default:
                has = transaction.TryGet((AppNumber)number, sender, out found);
                value = (ulong)found;
                return has;
        }
    }

    private bool TryGetDigest(
        AppTransaction transaction, Side sender, int text, int instance, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!transaction.TryGet(AppBuffer.FileData, sender, instance, out ReadOnlySpan<byte> data))
        {
            return false;
        }
        if (text == ApplicationFields.FileKind)
        {
            bytes = _kind.AsSpan(0, FileMagic.Describe(data, _kind));
            return true;
        }
        AppBodyState state = transaction.BodyOf(sender, instance);
        if (state.IsTruncated || state.SeenBytes != (ulong)data.Length)
        {
            return false;
        }
#pragma warning disable CA5350, CA5351 // lists of known files use these digests; nothing is secured by them
        int length = text switch
        {
            ApplicationFields.FileMd5 => MD5.HashData(data, _digest),
            ApplicationFields.FileSha1 => SHA1.HashData(data, _digest),
            _ => SHA256.HashData(data, _digest),
        };
#pragma warning restore CA5350, CA5351
        bytes = _digest.AsSpan(0, length);
        return true;
    }
}
