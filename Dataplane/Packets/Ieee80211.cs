using Dataplane.Native.Memory;

namespace Dataplane.Packets;

/// <summary>IEEE 802.11 frames, as far as needed to find the LLC header of an unencrypted data
/// frame.</summary>
public static class Ieee80211
{
    private const int DataType = 2;
    private const int HeaderBytes = 24;

    /// <summary>Finds where the body of a data frame begins;
    /// false for other frames and encrypted ones.</summary>
    public static bool TryFindBody(PacketBytes frame, int start, out int body)
    {
        body = 0;
        if (start < 0 || frame.Length < start + HeaderBytes)
        {
            return false;
        }

        int control = frame[start];
        int flags = frame[start + 1];
        bool isData = ((control >> 2) & 3) == DataType;
        bool hasBody = (control & 0x40) == 0;
        bool isProtected = (flags & 0x40) != 0;
        if (!isData || !hasBody || isProtected)
        {
            return false;
        }

        bool hasFourAddresses = (flags & 3) == 3;
        bool isQos = (control & 0x80) != 0;
        bool hasHighThroughput = isQos && (flags & 0x80) != 0;
        body = start + HeaderBytes + (hasFourAddresses ? 6 : 0) + (isQos ? 2 : 0)
            + (hasHighThroughput ? 4 : 0);
        return body < frame.Length;
    }
}
