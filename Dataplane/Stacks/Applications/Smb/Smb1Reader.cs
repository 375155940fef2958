using System.Buffers.Binary;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>Reads messages of SMB 1 (MS-CIFS, MS-SMB).</summary>
internal sealed class Smb1Reader(SmbConnection connection)
{
    private const int HeaderBytes = 32;
    private const int ChainMax = 8;
    private const byte NoMore = 0xFF;

    private enum Command : byte
    {
        Close = 0x04,
        ReadAndX = 0x2E,
        WriteAndX = 0x2F,
        SessionSetup = 0x73,
        TreeConnect = 0x75,
        NtCreate = 0xA2,
    }

    public void Read(Side sender, ReadOnlySpan<byte> message)
    {
        if (message.Length <= HeaderBytes)
        {
            return;
        }
        bool isAnswer = (message[9] & 0x80) != 0;
        if (isAnswer != (sender == Side.Server))
        {
            return;
        }
        byte command = message[4];
        int at = HeaderBytes;

        // Commands may follow one another in one message, each naming the next.
        for (int i = 0; i < ChainMax && at < message.Length && command != NoMore; i++)
        {
            int words = message[at] * 2;
            if (at + 1 + words > message.Length)
            {
                return;
            }
            ReadOnlySpan<byte> parameters = message.Slice(at + 1, words);
            if (isAnswer)
            {
                ReadAnswer((Command)command, message, parameters, at + 1 + words);
            }
            else
            {
                ReadRequest((Command)command, message, parameters, at + 1 + words);
            }
            bool hasNext = (Command)command is Command.SessionSetup or Command.TreeConnect or Command.NtCreate
                or Command.ReadAndX or Command.WriteAndX && words >= 4;
            int next = hasNext ? UInt16(parameters, 2) : 0;
            command = hasNext && next > at ? parameters[0] : NoMore;
            at = next;
        }
    }

    private void ReadRequest(
        Command command, ReadOnlySpan<byte> message, ReadOnlySpan<byte> parameters, int behind)
    {
        ulong request = RequestOf(message);
        bool isWide = (UInt16(message, 10) & 0x8000) != 0;
        switch (command)
        {
            case Command.SessionSetup:
                connection.SetUp(message);
                break;
            case Command.TreeConnect when parameters.Length >= 8:
                int path = behind + 2 + UInt16(parameters, 6);
                path += isWide && path % 2 != 0 ? 1 : 0;
                connection.RequestTree(request, TextAt(message, path, isWide), isWide);
                break;
            case Command.NtCreate when parameters.Length >= 8:
                int name = behind + 2;
                name += isWide && name % 2 != 0 ? 1 : 0;
                connection.RequestCreate(request, TextAt(message, name, isWide), isWide);
                break;
            case Command.Close when parameters.Length >= 2:
                connection.Close(UInt16(parameters, 0));
                break;
            case Command.ReadAndX when parameters.Length >= 10:
                connection.RequestRead(
                    request, UInt16(message, 24), UInt16(parameters, 4), OffsetOf(parameters, 6, 20));
                break;
            case Command.WriteAndX when parameters.Length >= 24:
                int length = (UInt16(parameters, 18) << 16) | UInt16(parameters, 20);
                ReadOnlySpan<byte> data = Part(message, UInt16(parameters, 22), length);
                connection.Write(
                    UInt16(message, 24), UInt16(parameters, 4), OffsetOf(parameters, 6, 24), data,
                    isCut: data.Length < length);
                break;
        }
    }

    private void ReadAnswer(
        Command command, ReadOnlySpan<byte> message, ReadOnlySpan<byte> parameters, int behind)
    {
        ulong request = RequestOf(message);
        switch (command)
        {
            case Command.TreeConnect:
                ReadOnlySpan<byte> service = Part(message, behind + 2, 3);
                connection.AnswerTree(request, UInt16(message, 24), service.SequenceEqual("IPC"u8));
                break;
            case Command.NtCreate when parameters.Length >= 7:
                connection.AnswerCreate(request, UInt16(parameters, 5));
                break;
            case Command.ReadAndX when parameters.Length >= 16:
                int length = (UInt16(parameters, 14) << 16) | UInt16(parameters, 10);
                ReadOnlySpan<byte> data = Part(message, UInt16(parameters, 12), length);
                connection.AnswerRead(request, data, isCut: data.Length < length);
                break;
        }
    }

    /// <summary>Up to its zero, or the message's end.</summary>
    private static ReadOnlySpan<byte> TextAt(ReadOnlySpan<byte> message, int at, bool isWide)
    {
        ReadOnlySpan<byte> text = at < message.Length ? message[at..] : default;
        int end = 0;
        while (end < text.Length
            && (text[end] != 0 || (isWide && end + 1 < text.Length && text[end + 1] != 0)))
        {
            end += isWide ? 2 : 1;
        }
        return text[..Math.Min(end, text.Length)];
    }

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> message, int offset, int length) =>
        offset > message.Length ? default
            : message.Slice(offset, Math.Clamp(length, 0, message.Length - offset));

    private static ulong OffsetOf(ReadOnlySpan<byte> parameters, int low, int high) =>
        BinaryPrimitives.ReadUInt32LittleEndian(parameters[low..])
        | (parameters.Length >= high + 4
            ? (ulong)BinaryPrimitives.ReadUInt32LittleEndian(parameters[high..]) << 32 : 0);

    /// <summary>Process, user and message of a request, which its answer repeats.</summary>
    private static ulong RequestOf(ReadOnlySpan<byte> message) =>
        BinaryPrimitives.ReadUInt32LittleEndian(message[28..])
        | ((ulong)UInt16(message, 26) << 32);

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
}
