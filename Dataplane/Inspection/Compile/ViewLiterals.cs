namespace Dataplane.Inspection.Compile;

/// <summary>A buffer with the literals that announce rules when they are found in it.</summary>
public readonly record struct ViewLiterals(BufferView View, LiteralIndex Literals);
