using Dataplane.Events.Applications;

namespace Dataplane.Stacks.Applications;

/// <summary>Reads names of DNS messages (RFC 1035, 4.1.4): compressed, looping, endless ones too.</summary>
internal static class DnsName
{
    /// <summary>Longest name that is kept, as text.</summary>
    public const int TextBytesMax = 1_025;

    private const int LabelMax = 255;
    private const int JumpMax = 32;

    /// <summary>Appends the name at a place as dotted text.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="at">Where the name is; afterwards what follows it.</param>
    /// <param name="text">Where the text goes.</param>
    /// <param name="problem">What is irregular about it.</param>
    /// <returns>False when there is no name: what follows cannot be read.</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> message, ref int at, GrowingBytes text, out AppAnomaly? problem)
    {
        int start = text.Length;
        int place = at;
        int jumps = 0;
        bool hasJumped = false;
        problem = null;
        for (int labels = 0; ; labels++)
        {
            if (place >= message.Length)
            {
                return false;
            }
            int length = message[place];
            if (length == 0)
            {
                at = hasJumped ? at : place + 1;
                return true;
            }
            if (length >= 0xC0)
            {
                if (place + 2 > message.Length)
                {
                    return false;
                }
                int target = ((length & 0x3F) << 8) | message[place + 1];
                at = hasJumped ? at : place + 2;
                hasJumped = true;
                if (++jumps > JumpMax || target >= message.Length)
                {
                    problem = target >= message.Length ? AppAnomaly.DnsMalformedData
                        : AppAnomaly.DnsInfiniteLoop;
                    return target < message.Length;
                }
                place = target;
                continue;
            }
            if (hasJumped && labels >= LabelMax)
            {
                // The place behind the name is known: labels that are only walked over cost time for nothing.
                problem = AppAnomaly.DnsTooManyLabels;
                return true;
            }
            if (length > 63 || place + 1 + length > message.Length)
            {
                return false;
            }
            AppendLabel(message.Slice(place + 1, length), text, start, labels, ref problem);
            place += length + 1;
        }
    }

    private static void AppendLabel(
        ReadOnlySpan<byte> label, GrowingBytes text, int start, int labels, ref AppAnomaly? problem)
    {
        if (labels >= LabelMax)
        {
            problem = AppAnomaly.DnsTooManyLabels;
            return;
        }
        int used = text.Length - start;
        if (used + label.Length + 1 > TextBytesMax)
        {
            problem = AppAnomaly.DnsNameTooLong;
            return;
        }
        if (used > 0)
        {
            text.Append((byte)'.');
        }
        text.Append(label);
    }
}
