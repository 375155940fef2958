namespace Dataplane.Inspection.Rules;

/// <summary>`rpc`: a Sun RPC call's program, version and procedure; null matches every value.</summary>
public sealed record RpcTest(uint Program, uint? Version, uint? Procedure) : PacketTest;
