using System.Text;
using Dataplane.Packets;

namespace Dataplane.Tests.Stacks.Applications;

/// <summary>Well-formed dialogues with every field that is compared.</summary>
internal static class OracleDialogues
{
    public static IEnumerable<(ushort Port, (Side Side, byte[] Bytes)[] Dialogue)> All =>
    [
        (80, Http()), (443, AppSeeds.ByName["tls"].Seeds[0]), (53, AppSeeds.ByName["dns"].Seeds[0]),
        (22, Ssh()), (25, AppSeeds.ByName["smtp"].Seeds[0]),
        (21, AppSeeds.ByName["ftp"].Seeds[0]),
    ];

    /// <summary>DNS messages of one client and its server.</summary>
    public static IEnumerable<(bool IsQuery, byte[] Message)> Datagrams =>
    [
        (true, Question(1)), (false, Answer(1)), (true, Question(2)), (false, Answer(2)),
    ];

    private static (Side, byte[])[] Http() =>
    [
        AppSeeds.Client("GET /one?a=b%20c HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: oracle/1.0\r\n"
            + "Referer: http://a.example/\r\n\r\nPOST /two HTTP/1.1\r\nHost: b.example:80\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        AppSeeds.Server("HTTP/1.1 200 OK\r\nServer: made/2\r\nContent-Length: 5\r\n\r\nhello"),
        AppSeeds.Server("HTTP/1.1 302 Found\r\nLocation: /three\r\nContent-Length: 0\r\n\r\n"),
        AppSeeds.Client("HEAD /three HTTP/1.1\r\nHost: www.example.org\r\n\r\n"),
        AppSeeds.Server("HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\n"),
    ];

    // tshark takes the server's first line for its banner.
    private static (Side, byte[])[] Ssh() =>
        [
            .. AppSeeds.ByName["ssh"].Seeds[0]
                .Select((turn, i) => i == 1 ? AppSeeds.Server("SSH-2.0-b_1\r\n") : turn),
        ];

    private static byte[] Name(int number) =>
        [(byte)5, .. Encoding.ASCII.GetBytes($"host{number}"), 7, .. "example"u8, 0];

    private static byte[] Question(byte number) =>
        [0x70, number, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Name(number), 0, 1, 0, 1];

    // An alias, then the address of what it stands for.
    private static byte[] Answer(byte number) =>
    [
        0x70, number, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0, .. Name(number), 0, 1, 0, 1,
        0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 6, 3, .. "www"u8, 0xC0, 18,
        0xC0, 43, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1,
    ];
}
