namespace Dataplane.Native.Vectorscan;

/// <summary>How a pattern database is fed; numbers are libhs's.</summary>
public enum PatternMode
{
    /// <summary>Whole buffers and datagrams.</summary>
    Block = 1,

    /// <summary>Byte streams, in pieces of any size.</summary>
    Streaming = 2,
}
