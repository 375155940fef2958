namespace Dataplane.Native.Vectorscan;

/// <summary>How one pattern matches; numbers are libhs's.</summary>
[Flags]
public enum PatternOptions
{
    None = 0,

    /// <summary>ASCII letters of either case.</summary>
    Caseless = 1,

    /// <summary>Expressions only: the dot matches line ends too.</summary>
    DotAll = 2,

    /// <summary>Expressions only: ^ and $ match at line ends.</summary>
    MultiLine = 4,

    /// <summary>Reported at most once per scan or stream.</summary>
    OnlyFirst = 8,

    /// <summary>Expressions only: may match the empty string.</summary>
    AllowEmpty = 16,

    /// <summary>Expressions only: may match too often, never too rarely; somebody verifies.</summary>
    Prefilter = 128,
}
