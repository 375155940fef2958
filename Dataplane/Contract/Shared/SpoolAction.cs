namespace Dataplane.Contract.Shared;

/// <summary>What became of the packet that a notice is about.</summary>
public enum SpoolAction : byte
{
    None = 0,
    Allowed = 1,
    Blocked = 2,
}
