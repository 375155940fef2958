namespace Dataplane.Native.Ndpi;

/// <summary>Whether a packet is the one that must decide its flow.</summary>
public enum NdpiTurn
{
    More = 0,

    /// <summary>The flow has had its packets: this one decides it.</summary>
    Last = 1,
}
