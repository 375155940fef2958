using System.Buffers.Text;
using Dataplane.Events.Applications;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Packets;

namespace Dataplane.Inspection.Verify;

/// <summary>Evaluates tests on an application's transaction that are not about a buffer's bytes.</summary>
internal static class ApplicationTests
{
    public static bool Hold(
        in InspectedPacket packet, AppTransaction transaction, ReadOnlySpan<CompiledTest> tests)
    {
        (Side sender, long timeNs) = (packet.Sender, packet.TimeNs);
        foreach (CompiledTest test in tests)
        {
            bool holds = test.Test switch
            {
                ApplicationEventTest => transaction.Anomalies.Has((AppAnomaly)test.Number),
                ApplicationNumberTest number =>
                    TransactionTexts.TryGetNumber(transaction, sender, test.Number, timeNs, out ulong value)
                    && number.Test.Holds(value),
                ApplicationChoiceTest choice =>
                    TransactionTexts.TryGetNumber(transaction, sender, test.Number, timeNs, out ulong chosen)
                    && IsOne(choice.Values, chosen) != choice.Negated,
                FtpBounceTest => NamesOther(packet, transaction),
                _ => false,
            };
            if (!holds)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>True for PORT h1,h2,h3,h4,p1,p2 (RFC 959) with another address than the packet's.</summary>
    private static bool NamesOther(in InspectedPacket packet, AppTransaction transaction)
    {
        if (packet.IpVersion != 4
            || !transaction.TryGet(AppBuffer.FtpCommand, packet.Sender, 0, out ReadOnlySpan<byte> command)
            || command.Length != 4 || !AsciiCase.StartsWith(command, "port"u8)
            || !transaction.TryGet(AppBuffer.FtpCommandData, packet.Sender, 0, out ReadOnlySpan<byte> data))
        {
            return false;
        }
        uint address = 0;
        for (int i = 0; i < 4; i++)
        {
            bool isNumber = Utf8Parser.TryParse(data, out byte octet, out int used)
                && used < data.Length && data[used] == ',';
            if (!isNumber)
            {
                return false;
            }
            address = (address << 8) | octet;
            data = data[(used + 1)..];
        }
        return address != (uint)packet.Source;
    }

    private static bool IsOne(IReadOnlyList<uint> values, ulong value)
    {
        for (int i = 0; i < values.Count; i++)
        {
            if (values[i] == value)
            {
                return true;
            }
        }
        return false;
    }
}
