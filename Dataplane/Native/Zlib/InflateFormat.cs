namespace Dataplane.Native.Zlib;

/// <summary>How compressed bytes are wrapped.</summary>
public enum InflateFormat
{
    /// <summary>gzip or zlib, by its header.</summary>
    Wrapped = 15 + 32,

    /// <summary>Nothing around them.</summary>
    Raw = -15,
}
