namespace Dataplane.Notices;

/// <summary>One of the two ends of a flow's key.</summary>
public enum KeyEnd : byte
{
    A,
    B,
}
