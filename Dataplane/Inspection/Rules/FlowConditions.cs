namespace Dataplane.Inspection.Rules;

/// <summary>What the `flow` keyword demands of a packet.</summary>
[Flags]
public enum FlowConditions : ushort
{
    None = 0,
    ToServer = 1,
    ToClient = 2,
    Established = 4,
    NotEstablished = 8,
    Stateless = 16,
    OnlyStream = 32,
    NoStream = 64,
    OnlyFragment = 128,
    NoFragment = 256,
}
