namespace Dataplane.Native.Vectorscan;

/// <summary>Why a database could not be made; the index is that of the guilty pattern, or -1.</summary>
public sealed record PatternFault(int PatternIndex, string Message);
