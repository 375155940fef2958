using System.Buffers.Binary;
using System.Text;
using Dataplane.Packets;

namespace Dataplane.Tests.Stacks.Applications;

/// <content>Dialogues of the protocols beside HTTP.</content>
internal static partial class AppSeeds
{
    /// <summary>All dialogues with the port they belong to.</summary>
    public static IReadOnlyDictionary<string, (ushort Port, IReadOnlyList<(Side Side, byte[] Bytes)[]> Seeds)>
        ByName
    { get; } =
            new SortedDictionary<string, (ushort, IReadOnlyList<(Side, byte[])[]>)>
            {
                ["http"] = (80, Http),
                ["dns"] = (53, DnsDialogues()),
                ["tls"] = (443, TlsDialogues()),
                ["ssh"] = (22, SshDialogues()),
                ["smtp"] = (25, SmtpDialogues()),
                ["ftp"] = (21, FtpDialogues()),
                ["dcerpc"] = (135, DceRpcDialogues()),
                ["mqtt"] = (1883, MqttDialogues()),
                ["krb5"] = (88, Krb5Dialogues()),
                ["rfb"] = (5900, RfbDialogues()),
                ["smb"] = (445, SmbDialogues()),
                ["http2"] = (80, Http2Dialogues()),
            };

    private static IReadOnlyList<(Side, byte[])[]> DnsDialogues()
    {
        byte[] name = [3, .. "www"u8, 7, .. "example"u8, 3, .. "org"u8, 0];
        byte[] query = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. name, 0, 1, 0, 1];
        byte[] answer =
        [
            0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. name, 0, 1, 0, 1,
            0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1,
        ];
        byte[] loop = [0x12, 0x35, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 12, 0, 1, 0, 1];
        return
        [
            [(Side.Client, Framed(query)), (Side.Server, Framed(answer)), (Side.Client, Framed(query))],
            [(Side.Client, Framed(loop))],
        ];
    }

    private static byte[] Framed(byte[] message) =>
        [(byte)(message.Length >> 8), (byte)message.Length, .. message];

    private static IReadOnlyList<(Side, byte[])[]> TlsDialogues()
    {
        byte[] serverName = [0, 0, 0, 16, 0, 14, 0, 0, 11, .. "example.org"u8];
        byte[] alpn = [0, 16, 0, 5, 0, 3, 2, .. "h2"u8];
        byte[] groups = [0, 10, 0, 6, 0, 4, 0x0A, 0x0A, 0, 29];
        byte[] formats = [0, 11, 0, 2, 1, 0];
        byte[] signatures = [0, 13, 0, 4, 0, 2, 4, 3];
        byte[] extensions = [.. serverName, .. alpn, .. groups, .. formats, .. signatures];
        byte[] hello =
        [
            3, 3, .. Enumerable.Range(0, 32).Select(i => (byte)i), 0, 0, 6,
            0x1A, 0x1A, 0x13, 1, 0xC0, 0x2F, 1, 0,
            (byte)(extensions.Length >> 8), (byte)extensions.Length, .. extensions,
        ];
        byte[] answer = [3, 3, .. Enumerable.Range(0, 32).Select(i => (byte)(90 + i)), 0, 0xC0, 0x2F, 0];
        byte[] certificate = Convert.FromHexString(
            "3074305E020102300D06092A864886F70D01010B05003010310E300C06035504030C0561626364653"
            + "01E170D3234303130313030303030305A170D3334303130313030303030305A3010310E300C06035504"
            + "030C056162636465300A0608300D06092A8648300D06092A864886F70D01010B0500030100");
        byte[] list = [0, 0, (byte)certificate.Length, .. certificate];
        byte[] certificates = [0, 0, (byte)list.Length, .. list];
        byte[] finished = [20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 4, 1, 2, 3, 4];
        return
        [
            [
                (Side.Client, Record(1, hello)),
                (Side.Server, [.. Record(2, answer), .. Record(11, certificates), .. Record(14, [])]),
                (Side.Client, finished), (Side.Server, finished), (Side.Client, [23, 3, 3, 0, 2, 9, 9]),
            ],
        ];
    }

    private static byte[] Record(byte type, byte[] body) =>
    [
        22, 3, 1, (byte)((body.Length + 4) >> 8), (byte)(body.Length + 4),
        type, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body,
    ];

    private static IReadOnlyList<(Side, byte[])[]> SshDialogues()
    {
        byte[] offer = Packet(
        [
            20, .. new byte[16], .. Names("kex"), .. Names("key"), .. Names("enc-c"), .. Names("enc-s"),
            .. Names("mac-c"), .. Names("mac-s"), .. Names("none"), .. Names("none"),
            .. Names(""), .. Names(""),
            0, 0, 0, 0, 0,
        ]);
        byte[] keys = Packet([21]);
        return
        [
            [
                Client("SSH-2.0-OpenSSH_9.2p1 Debian\r\n"), Server("hello\r\nSSH-2.0-dropbear\r\n"),
                (Side.Client, offer), (Side.Server, offer), (Side.Client, keys), (Side.Server, keys),
            ],
        ];
    }

    private static byte[] Names(string names) =>
        [0, 0, 0, (byte)names.Length, .. Encoding.ASCII.GetBytes(names)];

    private static byte[] Packet(byte[] payload)
    {
        var packet = new byte[payload.Length + 9];
        BinaryPrimitives.WriteUInt32BigEndian(packet, (uint)payload.Length + 5);
        packet[4] = 4;
        payload.CopyTo(packet, 5);
        return packet;
    }

    private static IReadOnlyList<(Side, byte[])[]> SmtpDialogues() =>
    [
        [
            Server("220 mail.example ESMTP\r\n"), Client("EHLO client.example\r\n"),
            Server("250-mail.example\r\n250 8BITMIME\r\n"), Client("MAIL FROM:<a@example.org> SIZE=1\r\n"),
            Server("250 ok\r\n"), Client("RCPT TO:<b@example.org>\r\n"), Server("250 ok\r\n"),
            Client("RCPT TO:<c@example.org>\r\n"), Server("250 ok\r\n"), Client("DATA\r\n"),
            Server("354 go\r\n"),
            Client("From: a@example.org\r\nSubject: two\r\n files\r\nMIME-Version: 1.0\r\n"
                + "Content-Type: multipart/mixed;\r\n boundary=\"b1\"\r\n\r\npreamble\r\n--b1\r\n"
                + "Content-Type: text/plain\r\n\r\nThe text.\r\n--b1\r\n"
                + "Content-Type: application/octet-stream; name=a.bin\r\n"
                + "Content-Transfer-Encoding: base64\r\n\r\naGVsbG8g\r\nYmFzZTY0\r\n--b1\r\n"
                + "Content-Disposition: attachment; filename=\"b.txt\"\r\n"
                + "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                + "caf=E9 and =\r\nmore\r\n..dot\r\n--b1--\r\n.\r\n"),
            Server("250 queued\r\n"), Client("QUIT\r\n"), Server("221 bye\r\n"),
        ],
        [
            Server("220 x\r\n"), Client("EHLO a\r\n"), Server("250 CHUNKING\r\n"),
            Client("MAIL FROM:<a@b>\r\n"), Server("250 ok\r\n"),
            Client("BDAT 20\r\nSubject: chunked\r\n\r\n"), Server("250 ok\r\n"),
            Client("BDAT 4 LAST\r\nabcd"), Server("250 ok\r\n"), Client("STARTTLS\r\n"), Server("454 no\r\n"),
        ],
    ];

    private static IReadOnlyList<(Side, byte[])[]> FtpDialogues() =>
    [
        [
            Server("220 (vsFTPd 3.0)\r\n"), Client("USER anonymous\r\n"), Server("331 password\r\n"),
            Client("PASS x\r\n"), Server("230-welcome\r\n230 in\r\n"), Client("PASV\r\n"),
            Server("227 Entering Passive Mode (192,0,2,1,4,1).\r\n"), Client("RETR file\r\n"),
            Server("150 here\r\n226 done\r\n"), Client("QUIT\r\n"), Server("221 bye\r\n"),
        ],
    ];
}
