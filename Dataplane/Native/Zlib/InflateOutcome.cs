namespace Dataplane.Native.Zlib;

/// <summary>What a step of decompression came to.</summary>
public enum InflateOutcome
{
    /// <summary>All input is used, or all room for output.</summary>
    More,

    /// <summary>The compressed stream is complete.</summary>
    End,

    /// <summary>These are no compressed bytes of this format.</summary>
    Broken,
}
