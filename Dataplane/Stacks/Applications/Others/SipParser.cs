using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>SIP over UDP (RFC 3261): the start line of each message, a transaction of its sender.</summary>
internal sealed class SipParser(ApplicationStack stack) : MessageParser(stack)
{
    private const int LineBytesMax = 4_096;

    /// <inheritdoc/>
    public override void Release()
    {
        Reset();
        Stack.Parsers.Sip.Return(this);
    }

    /// <inheritdoc/>
    protected override int Read(Side sender, ReadOnlySpan<byte> bytes)
    {
        int end = bytes[..Math.Min(bytes.Length, LineBytesMax)].IndexOf("\r\n"u8);
        FieldTransaction? made = end <= 0 ? null : Begin(AppProtocol.Sip, sender);
        if (made is null)
        {
            return bytes.Length;
        }
        ReadOnlySpan<byte> line = bytes[..end];
        int first = line.IndexOf((byte)' ');
        int second = first < 0 ? -1 : line[(first + 1)..].IndexOf((byte)' ');
        if (second >= 0)
        {
            ReadOnlySpan<byte> middle = line.Slice(first + 1, second);
            ReadOnlySpan<byte> last = line[(first + second + 2)..];
            bool isResponse = line.StartsWith("SIP/"u8);
            made.Add(isResponse ? AppBuffer.SipResponseLine : AppBuffer.SipRequestLine, sender, line);
            made.Add(AppBuffer.SipProtocol, sender, isResponse ? line[..first] : last);
            made.Add(isResponse ? AppBuffer.SipStatusCode : AppBuffer.SipUri, sender, middle);
            made.Add(
                isResponse ? AppBuffer.SipStatusMessage : AppBuffer.SipMethod, sender,
                isResponse ? last : line[..first]);
        }
        Complete(made, sender);
        return bytes.Length;
    }
}
