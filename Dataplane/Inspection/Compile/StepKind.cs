namespace Dataplane.Inspection.Compile;

/// <summary>What one step of a section does; chosen once, so that verification is one switch.</summary>
public enum StepKind : byte
{
    Content,
    Pcre,
    IsDataAt,
    BufferSize,
    ByteTest,
    ByteJump,
    ByteExtract,
    ByteMath,
    Base64,
    Dataset,
}
