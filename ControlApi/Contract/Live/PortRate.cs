namespace ControlApi.Contract.Live;

/// <summary>Traffic of one port in the last second.</summary>
public sealed record PortRate(
    string Id, double ReceivedPackets, double ReceivedBits, double SentPackets, double SentBits,
        double Drops);
