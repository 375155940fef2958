using System.Buffers.Binary;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Verify;

/// <summary>Recognises a Sun RPC call (RFC 5531) at the start of a payload.</summary>
internal static class RpcCall
{
    private const int RecordMarkBytes = 4;
    private const int CallBytes = 28;
    private const uint RpcVersion = 2;

    public static bool Matches(in InspectedPacket packet, RpcTest test)
    {
        int skip = packet.Transport == TransportClass.Tcp ? RecordMarkBytes : 0;
        if (packet.Payload.Length < CallBytes + skip)
        {
            return false;
        }
        ReadOnlySpan<byte> call = packet.Payload[skip..];
        bool isCall = BinaryPrimitives.ReadUInt32BigEndian(call[4..]) == 0
            && BinaryPrimitives.ReadUInt32BigEndian(call[8..]) == RpcVersion;
        return isCall && BinaryPrimitives.ReadUInt32BigEndian(call[12..]) == test.Program
            && (test.Version is not { } version
            || BinaryPrimitives.ReadUInt32BigEndian(call[16..]) == version)
            && (test.Procedure is not { } procedure
                || BinaryPrimitives.ReadUInt32BigEndian(call[20..]) == procedure);
    }
}
