namespace Dataplane.Stacks.TcpMonitor;

/// <summary>What one segment changed.</summary>
/// <param name="Findings">What it is besides progress.</param>
/// <param name="SenderBefore">State of its sender's half before it.</param>
/// <param name="ReceiverBefore">State of its receiver's half before it.</param>
/// <param name="Hole">Where the missing bytes begin (LostSegment), else where the segment begins.</param>
/// <param name="Distance">Bytes ahead of its turn (positive) or behind it.</param>
/// <param name="RoundTripUs">The sample, with RoundTrip.</param>
public readonly record struct TcpStep(
    TcpFindings Findings,
    TcpState SenderBefore,
    TcpState ReceiverBefore,
    uint Hole,
    int Distance,
    uint RoundTripUs);
