using Dataplane.Inspection.Rules;
using Dataplane.Inspection.Verify;

namespace Dataplane.Inspection.Decoding;

/// <summary>Findings about a TCP header and its options.</summary>
internal static class TcpChecks
{
    private const int FixedBytes = 20;

    public static void Check(ReadOnlySpan<byte> segment, ref DecodeFindingSet found)
    {
        if (segment.Length < FixedBytes)
        {
            found.Add(DecodeFinding.TcpPktTooSmall);
            return;
        }
        int headerLength = (segment[12] >> 4) * 4;
        if (headerLength < FixedBytes)
        {
            found.Add(DecodeFinding.TcpHlenTooSmall);
        }
        else if (headerLength > segment.Length)
        {
            found.Add(DecodeFinding.TcpInvalidOptlen);
        }
        else
        {
            CheckOptions(segment[FixedBytes..headerLength], ref found);
        }
    }

    private static void CheckOptions(ReadOnlySpan<byte> options, ref DecodeFindingSet found)
    {
        ulong seen = 0;
        while (!options.IsEmpty && options[0] != 0)
        {
            if (options[0] == 1)
            {
                options = options[1..];
                continue;
            }
            if (options.Length < 2)
            {
                return;
            }
            int kind = options[0];
            int length = options[1];
            if (length > options.Length || length < 2)
            {
                found.Add(DecodeFinding.TcpOptInvalidLen);
                return;
            }
            if (!LengthFits(kind, length))
            {
                found.Add(DecodeFinding.TcpOptInvalidLen);
            }
            else if (kind is > 1 and < 64 && IsKnown(kind))
            {
                bool twice = ((seen >> kind) & 1) != 0;
                seen |= 1UL << kind;
                if (twice)
                {
                    found.Add(DecodeFinding.TcpOptDuplicate);
                }
            }
            options = options[length..];
        }
    }

    private static bool IsKnown(int kind) => kind is 2 or 3 or 4 or 5 or 8 or 34;

    /// <summary>Maximum segment 4, window scale 3, SACK permitted 2, SACK 10 to 34 or empty, time stamps 10,
    /// Fast Open 2 or an even 6 to 18.</summary>
    private static bool LengthFits(int kind, int length) => kind switch
    {
        2 => length == 4,
        3 => length == 3,
        4 => length == 2,
        5 => length == 2 || (length is >= 10 and <= 34 && (length - 2) % 8 == 0),
        8 => length == 10,
        19 => length == 18,
        29 => length >= 4,
        34 => length == 2 || (length is >= 6 and <= 18 && length % 2 == 0),
        _ => true,
    };
}
