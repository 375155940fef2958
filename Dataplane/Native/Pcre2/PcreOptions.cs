namespace Dataplane.Native.Pcre2;

/// <summary>How a pattern is compiled; numbers are PCRE2's. Bytes are bytes: UTF mode is never on.</summary>
[Flags]
public enum PcreOptions
{
    None = 0,

    /// <summary>Flag i.</summary>
    Caseless = 0x8,

    /// <summary>Flag E: $ matches at the very end only.</summary>
    DollarEndOnly = 0x10,

    /// <summary>Flag s.</summary>
    DotAll = 0x20,

    /// <summary>Flag x.</summary>
    Extended = 0x80,

    /// <summary>Flag m.</summary>
    MultiLine = 0x400,

    /// <summary>Flag G.</summary>
    Ungreedy = 0x40000,

    /// <summary>Flag A: matches at the start offset only.</summary>
    Anchored = int.MinValue,
}
