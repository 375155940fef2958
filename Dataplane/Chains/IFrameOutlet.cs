namespace Dataplane.Chains;

/// <summary>Sends frames of NFs' own making out of a worker's ports.</summary>
public interface IFrameOutlet
{
    /// <summary>Sends a copy out of the port with that index in the document; false when it is none of the
    /// worker's, or has no room.</summary>
    bool Send(int port, ReadOnlySpan<byte> frame);
}
