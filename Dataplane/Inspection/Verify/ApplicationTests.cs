using System.Buffers.Binary;
using System.Buffers.Text;
using Dataplane.Events.Applications;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Packets;

namespace Dataplane.Inspection.Verify;

/// <summary>Evaluates tests on an application's transaction that are not about a buffer's bytes.</summary>
internal static class ApplicationTests
{
    /// <summary>Numbers or texts of one name that are looked at.</summary>
    private const int InstanceMax = 1_024;

    public static bool Hold(
        in InspectedPacket packet, AppTransaction transaction, ReadOnlySpan<CompiledTest> tests)
    {
        (Side sender, long timeNs) = (packet.Sender, packet.TimeNs);
        foreach (CompiledTest test in tests)
        {
            bool holds = test.Test switch
            {
                ApplicationEventTest => transaction.Anomalies.Has((AppAnomaly)test.Number),
                ApplicationNumberTest when test.Number < ApplicationFields.FileBytes =>
                    AnyHolds(transaction, sender, test),
                ApplicationNumberTest number =>
                    TransactionTexts.TryGetNumber(transaction, sender, test.Number, timeNs, out ulong value)
                    && number.Test.Holds(value),
                ApplicationRangesTest or ApplicationBitsTest or Http2SettingTest =>
                    AnyHolds(transaction, sender, test),
                DceRpcInterfaceTest wanted => Speaks(transaction, sender, wanted),
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

    /// <summary>True when one of the numbers of that name fits.</summary>
    private static bool AnyHolds(AppTransaction transaction, Side sender, CompiledTest test)
    {
        var name = (AppNumber)test.Number;
        for (int i = 0; i < InstanceMax && transaction.TryGet(name, sender, i, out long found); i++)
        {
            ulong value = (ulong)found;
            bool holds = test.Test switch
            {
                ApplicationNumberTest number => number.Test.Holds(value),
                ApplicationRangesTest ranges => IsIn(ranges.Ranges, value),
                ApplicationBitsTest bits => (value & bits.Set) == bits.Set && (value & bits.NotSet) == 0,
                Http2SettingTest setting => value >> 32 == setting.Setting
                    && (setting.Value is not { } given || given.Holds((uint)value)),
                _ => false,
            };
            if (holds)
            {
                return true;
            }
        }
        return false;
    }

    private static bool IsIn(IReadOnlyList<(ulong From, ulong To)> ranges, ulong value)
    {
        for (int i = 0; i < ranges.Count; i++)
        {
            if (value >= ranges[i].From && value <= ranges[i].To)
            {
                return true;
            }
        }
        return false;
    }

    private static bool Speaks(AppTransaction transaction, Side sender, DceRpcInterfaceTest wanted)
    {
        const int identifierBytes = 16;
        for (int i = 0; i < InstanceMax && transaction.TryGet(
            AppBuffer.DcerpcInterface, sender, i, out ReadOnlySpan<byte> bytes); i++)
        {
            bool fits = BinaryPrimitives.ReadUInt128BigEndian(bytes) == wanted.Identifier
                && (wanted.AnyFragment || bytes[identifierBytes + 2] != 0)
                && (wanted.Version is not { } version
                    || version.Holds(BinaryPrimitives.ReadUInt16BigEndian(bytes[identifierBytes..])));
            if (fits)
            {
                return true;
            }
        }
        return false;
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
