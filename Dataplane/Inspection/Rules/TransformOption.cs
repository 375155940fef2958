namespace Dataplane.Inspection.Rules;

/// <summary>One transform of a buffer: its kind and, for xor and pcrexform, key or expression.</summary>
public sealed record TransformOption(TransformKind Kind, ReadOnlyMemory<byte> Argument);
