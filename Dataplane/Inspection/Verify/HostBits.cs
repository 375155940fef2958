using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Verify;

/// <summary>Bits that hostbits and xbits keep for an address or a pair of them, until they expire.</summary>
internal static class HostBits
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const uint Purpose = 1u << 31;

    public static bool Holds(HostTable hosts, BitStep step, in InspectedPacket packet)
    {
        foreach (ushort bit in step.Bits)
        {
            ref HostEntry entry = ref hosts.Lock(KeyOf(step, bit, packet), out uint bucket);
            bool isSet = entry.TimeNs > packet.TimeNs;
            hosts.Unlock(bucket);
            if (isSet == (step.Command == BitCommand.IsSet))
            {
                return true;
            }
        }
        return false;
    }

    public static void Change(HostTable hosts, BitStep step, in InspectedPacket packet)
    {
        ref HostEntry entry = ref hosts.Lock(KeyOf(step, step.Bits[0], packet), out uint bucket);
        bool set = step.Command == BitCommand.Set
            || (step.Command == BitCommand.Toggle && entry.TimeNs <= packet.TimeNs);
        entry.TimeNs = set ? packet.TimeNs + (step.ExpireSeconds * NanosecondsPerSecond) : 0;
        hosts.Unlock(bucket);
    }

    private static HostKey KeyOf(BitStep step, ushort bit, in InspectedPacket packet)
    {
        uint purpose = Purpose | bit;
        return step.Owner switch
        {
            BitOwner.SourceHost => new HostKey(purpose, packet.Source, 0),
            BitOwner.DestinationHost => new HostKey(purpose, packet.Destination, 0),
            _ => HostKey.OfPair(purpose, packet.Source, packet.Destination),
        };
    }
}
