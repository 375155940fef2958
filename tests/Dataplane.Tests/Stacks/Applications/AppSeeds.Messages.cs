using System.Buffers.Binary;
using System.Text;
using Dataplane.Packets;

namespace Dataplane.Tests.Stacks.Applications;

/// <content>Dialogues of protocols of which only fields are kept.</content>
internal static partial class AppSeeds
{
    private static readonly byte[] Interface =
        [0x80, 0xBD, 0xA8, 0xAF, 0x8A, 0x7D, 0xC9, 0x11, 0xBE, 0xF4, 8, 0, 0x2B, 0x10, 0x29, 0x89];

    private static IReadOnlyList<(Side, byte[])[]> DceRpcDialogues()
    {
        byte[] bind =
        [
            0, 16, 0, 16, 0, 0, 0, 0, 1, 0, 0, 0, 3, 0, 1, 0, .. Interface, 1, 0, 0, 0, .. new byte[20],
        ];
        byte[] accepted = [0, 16, 0, 16, 0, 0, 0, 0, 4, 0, .. "135\0"u8, 0, 0, 1, 0, 0, 0, .. new byte[24]];
        byte[] call = [4, 0, 0, 0, 3, 0, 7, 0];
        byte[] answer = [4, 0, 0, 0, 3, 0, 0, 0];
        return
        [
            [
                (Side.Client, Pdu(11, 3, 1, bind)), (Side.Server, Pdu(12, 3, 1, accepted)),
                (Side.Client, Pdu(0, 1, 2, [.. call, .. "first "u8])),
                (Side.Client, Pdu(0, 2, 2, [.. call, .. "last"u8])),
                (Side.Server, Pdu(2, 3, 2, [.. answer, .. "answer"u8])),
                (Side.Client, Pdu(0, 3, 3, [.. call, .. "again"u8])),
                (Side.Server, Pdu(3, 3, 3, new byte[16])),
            ],
        ];
    }

    private static byte[] Pdu(byte type, byte flags, byte call, byte[] body) =>
        [5, 0, type, flags, 0x10, 0, 0, 0, (byte)(body.Length + 16), 0, 0, 0, call, 0, 0, 0, .. body];

    private static IReadOnlyList<(Side, byte[])[]> MqttDialogues()
    {
        byte[] connect =
        [
            .. Short("MQTT"), 5, 0xC6, 0, 60, 0, .. Short("me"), 0, .. Short("will"), .. Short("gone"),
            .. Short("user"), .. Short("secret"),
        ];
        return
        [
            [
                (Side.Client, Message(0x10, connect)), (Side.Server, Message(0x20, [0, 0, 0])),
                (Side.Client, Message(0x82, [0, 1, 0, .. Short("a/b"), 0, .. Short("c"), 1])),
                (Side.Server, Message(0x90, [0, 1, 0, 0, 1])),
                (Side.Client, Message(0x34, [.. Short("t"), 0, 2, 0, .. "twice"u8])),
                (Side.Server, Message(0x50, [0, 2])), (Side.Client, Message(0x62, [0, 2])),
                (Side.Server, Message(0x70, [0, 2])),
                (Side.Client, [.. Message(0x30, [.. Short("t"), 0, .. "once"u8]), .. Message(0xC0, [])]),
                (Side.Server, Message(0xD0, [])), (Side.Client, Message(0xE0, [4])),
            ],
            [(Side.Client, Message(0x10, connect)), (Side.Client, Message(0x00, []))],
        ];
    }

    private static byte[] Message(byte first, byte[] body) => [first, (byte)body.Length, .. body];

    private static byte[] Short(string text) => [0, (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static IReadOnlyList<(Side, byte[])[]> Krb5Dialogues()
    {
        byte[] request = Der(0x6A, Der(0x30, Der(0xA1, Der(2, [5])), Der(0xA2, Der(2, [10]))));
        byte[] client = Der(
            0x30, Der(0xA0, Der(2, [1])), Der(0xA1, Der(0x30, Der(0x1B, "user01"u8.ToArray()))));
        byte[] server = Der(
            0x30, Der(0xA0, Der(2, [2])),
            Der(0xA1, Der(0x30, Der(0x1B, "krbtgt"u8.ToArray()), Der(0x1B, "test"u8.ToArray()))));
        byte[] encrypted = Der(0x30, Der(0xA0, Der(2, [23])), Der(0xA2, Der(4, [1, 2, 3])));
        byte[] ticket = Der(
            0x61, Der(0x30, Der(0xA0, Der(2, [5])), Der(0xA2, server), Der(0xA3, encrypted)));
        byte[] reply = Der(
            0x6B,
            Der(0x30, Der(0xA0, Der(2, [5])), Der(0xA4, client), Der(0xA5, ticket), Der(0xA6, encrypted)));
        byte[] error = Der(0x7E, Der(0x30, Der(0xA6, Der(2, [25])), Der(0xA8, client), Der(0xAA, server)));
        return
        [
            [
                (Side.Client, Long(request)), (Side.Server, Long(error)), (Side.Client, Long(request)),
                (Side.Server, Long(reply)),
            ],
        ];
    }

    private static byte[] Der(byte tag, params byte[][] parts)
    {
        byte[] body = [.. parts.SelectMany(part => part)];
        return body.Length < 128 ? [tag, (byte)body.Length, .. body]
            : [tag, 0x81, (byte)body.Length, .. body];
    }

    private static byte[] Long(byte[] message) => [0, 0, 0, (byte)message.Length, .. message];

    private static IReadOnlyList<(Side, byte[])[]> RfbDialogues() =>
    [
        [
            Server("RFB 003.008\n"), Client("RFB 003.008\n"), (Side.Server, [2, 2, 1]), (Side.Client, [2]),
            (Side.Server, new byte[16]), (Side.Client, new byte[16]), (Side.Server, new byte[4]),
            (Side.Client, [1]), (Side.Server, [.. new byte[23], 4, .. "desk"u8]), Client("ignored"),
        ],
    ];

    private static IReadOnlyList<(Side, byte[])[]> SmbDialogues()
    {
        byte[] path = Encoding.Unicode.GetBytes(@"\\host\pub");
        byte[] name = Encoding.Unicode.GetBytes("a.txt");
        byte[] file = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
        byte[] created = [89, 0, .. new byte[62], .. file, .. new byte[8]];
        byte[] write =
            [49, 0, 112, 0, 5, .. new byte[3], .. new byte[8], .. file, .. new byte[16], .. "hello"u8];
        byte[] read = [49, 0, 0, 0, 5, .. new byte[3], .. new byte[8], .. file, .. new byte[17]];
        return
        [
            [
                (Side.Client, Smb2(3, 1, false, [9, 0, 0, 0, 72, 0, (byte)path.Length, 0, .. path])),
                (Side.Server, Smb2(3, 1, true, [16, 0, 1, .. new byte[13]])),
                (Side.Client, Smb2(5, 2, false,
                    [57, 0, .. new byte[42], 120, 0, (byte)name.Length, 0, .. new byte[8], .. name])),
                (Side.Server, Smb2(5, 2, true, created)), (Side.Client, Smb2(9, 3, false, write)),
                (Side.Client, Smb2(8, 4, false, read)),
                (Side.Server, Smb2(8, 4, true, [17, 0, 80, 0, 5, .. new byte[11], .. "hello"u8])),
                (Side.Client, Smb2(6, 5, false, [24, 0, .. new byte[6], .. file])),
            ],
            [
                (Side.Client, Smb1(
                    0x75, false, [0xFF, 0, 0, 0, 0, 0, 1, 0],
                    [0, .. @"\\h\IPC$"u8, 0, .. "?????"u8, 0])),
                (Side.Server, Smb1(0x75, true, [0xFF, 0, 0, 0, 0, 0], [.. "IPC"u8, 0])),
            ],
        ];
    }

    private static byte[] Smb2(byte command, byte message, bool isAnswer, byte[] body)
    {
        byte[] header = new byte[64];
        new byte[] { 0xFE, (byte)'S', (byte)'M', (byte)'B' }.CopyTo(header, 0);
        (header[4], header[12], header[16], header[24]) = (64, command, (byte)(isAnswer ? 1 : 0), message);
        return [0, 0, (byte)((body.Length + 64) >> 8), (byte)(body.Length + 64), .. header, .. body];
    }

    private static byte[] Smb1(byte command, bool isAnswer, byte[] words, byte[] bytes)
    {
        byte[] header = new byte[32];
        new byte[] { 0xFF, (byte)'S', (byte)'M', (byte)'B' }.CopyTo(header, 0);
        (header[4], header[9]) = (command, (byte)(isAnswer ? 0x80 : 0));
        byte[] message =
            [.. header, (byte)(words.Length / 2), .. words, (byte)bytes.Length, 0, .. bytes];
        return [0, 0, 0, (byte)message.Length, .. message];
    }

    private static IReadOnlyList<(Side, byte[])[]> Http2Dialogues()
    {
        byte[] settings = [0, 1, 0, 0, 0x20, 0];

        // GET, http, /, :authority by Huffman (RFC 7541, C.4.1), then a literal that is not kept.
        byte[] request =
        [
            0x82, 0x86, 0x84, 0x41, 0x8C, 0xF1, 0xE3, 0xC2, 0xE5, 0xF2, 0x3A, 0x6B, 0xA0, 0xAB, 0x90, 0xF4,
            0xFF, 0x00, 1, (byte)'x', 1, (byte)'y',
        ];
        byte[] again = [0x82, 0x86, 0x84, 0xBE];
        return
        [
            [
                (Side.Client, [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(4, 0, 0, settings)]),
                (Side.Server, [.. Frame(4, 0, 0, []), .. Frame(4, 1, 0, [])]),
                (Side.Client, [.. Frame(1, 1, 1, request[..9]), .. Frame(9, 4, 1, request[9..])]),
                (Side.Server, [.. Frame(1, 4, 1, [0x88]), .. Frame(0, 8, 1, [2, .. "body"u8, 0, 0]),
                    .. Frame(0, 1, 1, "."u8.ToArray())]),
                (Side.Client, [.. Frame(1, 5, 3, again), .. Frame(8, 0, 3, [0, 0, 0x87, 0x4A])]),
                (Side.Server, Frame(3, 0, 3, [0, 0, 0, 8])), (Side.Client, Frame(7, 0, 0, new byte[8])),
            ],
        ];
    }

    private static byte[] Frame(byte type, byte flags, uint stream, byte[] body)
    {
        byte[] frame = [0, (byte)(body.Length >> 8), (byte)body.Length, type, flags, 0, 0, 0, 0, .. body];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(5), stream);
        return frame;
    }
}
