using Dataplane.Packets;
using Dataplane.Tests.Stacks.Applications;

namespace Dataplane.Tests.Fuzz;

/// <summary>The application parsers: dialogues of pieces from both sides, whole and with each piece cut in
/// two.</summary>
internal sealed class ApplicationTarget : FuzzTarget
{
    private const int HeadBytes = 3;
    private static readonly ushort[] Ports = [80, 443, 53, 22];
    private readonly AppBench[] _benches = [.. Ports.Select(port => new AppBench(port))];

    public override string Name => "application parsers";

    public override int Share => 20_000;

    public override int QuickCount => 1_500;

    /// <summary>The first byte chooses the port; then pieces: side, length in two bytes, bytes.</summary>
    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. AppSeeds.Http.Select(dialogue => Encoded(0, dialogue)),
        Encoded(1, (Side.Client, Hello()),
            (Side.Server, [22, 3, 3, 0, 4, 2, 0, 0, 0, 21, 3, 3, 0, 2, 2, 40])),
        Encoded(2, (Side.Client, [0, 29, .. Question()]), (Side.Server, [0, 29, .. Question()])),
        Encoded(3, AppSeeds.Client("SSH-2.0-a_1\r\n"), AppSeeds.Server("SSH-2.0-b_2 c\r\n"),
            (Side.Client, [0, 0, 0, 28, 4, 20, .. new byte[26]])),
    ];

    public override IReadOnlyList<byte[]> Words { get; } = Corpus.Words(
        "\r\n", "\r\n\r\n", "GET / HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n", "Content-Length: ", "0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n", "Content-Encoding: gzip\r\n", "Host: a\r\n", "ffffffff\r\n",
        "%u0041",
        "\u00c0\u000c", "\u0016\u0003\u0001", "SSH-2.0-", " ");

    public override ulong Execute(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return 0;
        }

        AppBench bench = _benches[input[0] % _benches.Length];
        string whole = Read(bench, input[1..], cutAt: 0);
        string cut = Read(bench, input[1..], cutAt: 1 + (input.Length % 7));
        return Outcome.Of(whole[..Math.Min(whole.Length, 120)]) + (whole == cut ? 0UL : 1UL);
    }

    public override void Dispose()
    {
        Array.ForEach(_benches, bench => bench.Dispose());
        base.Dispose();
    }

    private static string Read(AppBench bench, ReadOnlySpan<byte> input, int cutAt)
    {
        bench.Begin();
        while (input.Length > HeadBytes)
        {
            Side side = (input[0] & 1) == 0 ? Side.Client : Side.Server;
            int bytes = Math.Min(input[1] | (input[2] << 8), input.Length - HeadBytes);
            ReadOnlySpan<byte> piece = input.Slice(HeadBytes, bytes);
            input = input[(HeadBytes + bytes)..];
            int first = Math.Min(cutAt, bytes);
            if (first > 0)
            {
                bench.Send(side, piece[..first]);
            }

            if (bytes > first)
            {
                bench.Send(side, piece[first..]);
            }
        }

        return bench.Finish();
    }

    private static byte[] Encoded(byte port, params (Side Side, byte[] Bytes)[] dialogue) =>
        [port, .. dialogue.SelectMany(piece => (byte[])
            [(byte)piece.Side, (byte)piece.Bytes.Length, (byte)(piece.Bytes.Length >> 8), .. piece.Bytes])];

    private static byte[] Hello()
    {
        byte[] name = [0, 0, 0, 9, 0, 7, 0, 0, 4, .. "a.bc"u8];
        byte[] body =
            [3, 3, .. new byte[32], 0, 0, 4, 0xC0, 0x2F, 0xC0, 0x30, 1, 0, 0, (byte)name.Length, .. name];
        return [22, 3, 1, 0, (byte)(body.Length + 4), 1, 0, 0, (byte)body.Length, .. body];
    }

    private static byte[] Question() =>
        [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, .. "example"u8, 3, .. "org"u8, 0, 0, 1, 0, 1];
}
