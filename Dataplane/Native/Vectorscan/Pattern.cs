namespace Dataplane.Native.Vectorscan;

/// <summary>
/// One literal (any bytes) or expression (PCRE syntax, no zero byte) and the number its matches carry.
/// </summary>
public readonly record struct Pattern(uint Id, ReadOnlyMemory<byte> Bytes, PatternOptions Options);
