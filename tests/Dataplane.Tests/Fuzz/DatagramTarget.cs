using Dataplane.Packets;
using Dataplane.Tests.Stacks.Applications;

namespace Dataplane.Tests.Fuzz;

/// <summary>DNS over UDP: datagrams of both sides.</summary>
internal sealed class DatagramTarget : FuzzTarget
{
    private const int LengthBytes = 2;
    private readonly AppBench _bench = new(serverPort: 53) { IsTerse = true };

    public override string Name => "dns datagrams";

    public override int Share => 60_000;

    public override int LengthMax => 1_024;

    /// <summary>Framed as over TCP: two bytes of length before each datagram, from client and server in
    /// turn.</summary>
    public override IReadOnlyList<byte[]> Seeds { get; } =
        [.. AppSeeds.ByName["dns"].Seeds.Select(dialogue =>
            dialogue.SelectMany(piece => piece.Bytes).ToArray())];

    public override IReadOnlyList<byte[]> Words { get; } = Corpus.Words(
        "\u00c0\u000c", "\0\u0001\0\u0001", "\u003f", "\u0007example", "\0\u0010\0\u0001", "\0\u001d");

    public override ulong Execute(ReadOnlySpan<byte> input)
    {
        _bench.Begin();
        Side side = Side.Client;
        while (input.Length > LengthBytes)
        {
            int count = Math.Min((input[0] << 8) | input[1], input.Length - LengthBytes);
            _bench.SendDatagram(side, input.Slice(LengthBytes, count));
            input = input[(LengthBytes + count)..];
            side = side.Other();
        }
        _bench.Finish();
        return _bench.Kind;
    }

    public override void Dispose()
    {
        _bench.Dispose();
        base.Dispose();
    }
}
