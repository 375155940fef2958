namespace Dataplane.Inspection.Rules;

/// <summary>From where byte_jump counts.</summary>
public enum JumpOrigin : byte
{
    AfterNumber,
    BufferStart,
    BufferEnd,
}
