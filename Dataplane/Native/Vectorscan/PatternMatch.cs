using System.Runtime.InteropServices;

namespace Dataplane.Native.Vectorscan;

/// <summary>
/// A pattern that ended at <paramref name="End"/> bytes from the start of the buffer or stream.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct PatternMatch(uint Id, ulong End);
