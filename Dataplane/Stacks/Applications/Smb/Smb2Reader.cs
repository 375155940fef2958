using System.Buffers.Binary;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>Reads messages of SMB 2 and 3 (MS-SMB2).</summary>
internal sealed class Smb2Reader(SmbConnection connection)
{
    /// <summary>The header of each message.</summary>
    public const int HeaderBytes = 64;

    private const byte PipeShare = 2;

    private enum Command : ushort
    {
        SessionSetup = 1,
        TreeConnect = 3,
        Create = 5,
        Close = 6,
        Read = 8,
        Write = 9,
    }

    public void Read(Side sender, ReadOnlySpan<byte> message)
    {
        var command = (Command)BinaryPrimitives.ReadUInt16LittleEndian(message[12..]);
        bool isAnswer = (message[16] & 1) != 0;
        bool isGood = BinaryPrimitives.ReadUInt32LittleEndian(message[8..]) == 0;
        if (isAnswer != (sender == Side.Server))
        {
            return;
        }
        if (isAnswer)
        {
            ReadAnswer(command, message, isGood);
        }
        else
        {
            ReadRequest(command, message);
        }
    }

    private void ReadRequest(Command command, ReadOnlySpan<byte> message)
    {
        ulong request = BinaryPrimitives.ReadUInt64LittleEndian(message[24..]);
        uint tree = BinaryPrimitives.ReadUInt32LittleEndian(message[36..]);
        ReadOnlySpan<byte> body = message[HeaderBytes..];
        switch (command)
        {
            case Command.SessionSetup:
                connection.SetUp(body);
                break;
            case Command.TreeConnect when body.Length >= 8:
                connection.RequestTree(
                    request, Part(message, UInt16(body, 4), UInt16(body, 6)), isWide: true);
                break;
            case Command.Create when body.Length >= 48:
                connection.RequestCreate(
                    request, Part(message, UInt16(body, 44), UInt16(body, 46)), isWide: true);
                break;
            case Command.Close when body.Length >= 24:
                connection.Close(FileOf(body, 8));
                break;
            case Command.Read when body.Length >= 32:
                connection.RequestRead(
                    request, tree, FileOf(body, 16), BinaryPrimitives.ReadUInt64LittleEndian(body[8..]));
                break;
            case Command.Write when body.Length >= 32:
                uint length = BinaryPrimitives.ReadUInt32LittleEndian(body[4..]);
                ReadOnlySpan<byte> data = Part(message, UInt16(body, 2), length);
                connection.Write(
                    tree, FileOf(body, 16), BinaryPrimitives.ReadUInt64LittleEndian(body[8..]), data,
                    isCut: data.Length < length);
                break;
        }
    }

    private void ReadAnswer(Command command, ReadOnlySpan<byte> message, bool isGood)
    {
        ulong request = BinaryPrimitives.ReadUInt64LittleEndian(message[24..]);
        uint tree = BinaryPrimitives.ReadUInt32LittleEndian(message[36..]);
        ReadOnlySpan<byte> body = message[HeaderBytes..];
        switch (command)
        {
            case Command.TreeConnect when body.Length >= 4:
                connection.AnswerTree(request, tree, isGood && body[2] == PipeShare);
                break;
            case Command.Create when isGood && body.Length >= 80:
                connection.AnswerCreate(request, FileOf(body, 64));
                break;
            case Command.Read when isGood && body.Length >= 8:
                uint length = BinaryPrimitives.ReadUInt32LittleEndian(body[4..]);
                ReadOnlySpan<byte> data = Part(message, body[2], length);
                connection.AnswerRead(request, data, isCut: data.Length < length);
                break;
        }
    }

    /// <summary>What lies at an offset from the header, as far as it is there.</summary>
    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> message, int offset, long length) =>
        offset > message.Length ? default
            : message.Slice(offset, (int)Math.Min(length, message.Length - offset));

    private static ushort UInt16(ReadOnlySpan<byte> body, int at) =>
        BinaryPrimitives.ReadUInt16LittleEndian(body[at..]);

    /// <summary>Both halves of a file's identifier.</summary>
    private static ulong FileOf(ReadOnlySpan<byte> body, int at) =>
        BinaryPrimitives.ReadUInt64LittleEndian(body[at..])
        ^ ulong.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(body[(at + 8)..]), 32);
}
