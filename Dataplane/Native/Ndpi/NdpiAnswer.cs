using System.Runtime.InteropServices;

namespace Dataplane.Native.Ndpi;

/// <summary>
/// What nDPI says of a flow so far: nDPI's own numbers, 0 for unknown. Bit n of Risks is risk n.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct NdpiAnswer(
    ushort Master, ushort App, ushort Category, byte Confidence, byte Guessed, ulong Risks)
{
    public bool IsUnknown => Master == 0 && App == 0;
}
