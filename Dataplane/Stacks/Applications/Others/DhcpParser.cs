using System.Buffers.Binary;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>DHCP (RFC 2131, 2132): each message is a transaction of its sender.</summary>
internal sealed class DhcpParser(ApplicationStack stack) : MessageParser(stack)
{
    private const int OptionsAt = 240;
    private const int OptionMax = 256;

    /// <inheritdoc/>
    public override void Release()
    {
        Reset();
        Stack.Parsers.Dhcp.Return(this);
    }

    /// <inheritdoc/>
    protected override int Read(Side sender, ReadOnlySpan<byte> bytes)
    {
        FieldTransaction? made = bytes.Length < OptionsAt ? null : Begin(AppProtocol.Dhcp, sender);
        if (made is not null)
        {
            ReadOptions(made, sender, bytes[OptionsAt..]);
            Complete(made, sender);
        }
        return bytes.Length;
    }

    private static void ReadOptions(FieldTransaction made, Side sender, ReadOnlySpan<byte> options)
    {
        for (int i = 0; i < OptionMax && !options.IsEmpty && options[0] != 255; i++)
        {
            if (options[0] == 0)
            {
                options = options[1..];
                continue;
            }
            if (options.Length < 2 || options.Length < 2 + options[1])
            {
                return;
            }
            ReadOnlySpan<byte> value = options.Slice(2, options[1]);
            AppNumber? number = options[0] switch
            {
                51 => AppNumber.DhcpLeaseTime,
                58 => AppNumber.DhcpRenewalTime,
                59 => AppNumber.DhcpRebindingTime,
                _ => null,
            };
            if (number is { } name && value.Length == sizeof(uint))
            {
                made.Add(name, sender, BinaryPrimitives.ReadUInt32BigEndian(value));
            }
            options = options[(2 + value.Length)..];
        }
    }
}
