using Dataplane.Packets;

namespace Dataplane.Tests.Stacks.Applications;

/// <summary>How bytes are cut into pieces must not matter: the same dialogue in one piece a turn, cut at
/// every single place, and byte by byte.</summary>
internal static class AppCutting
{
    public static void MakesNoDifference(ushort port, (Side Side, byte[] Bytes)[] dialogue)
    {
        string whole = AppBench.Read(port, dialogue);
        Assert.Equal(whole, AppBench.Read(port, [.. dialogue.SelectMany(Bytewise)]));
        for (int turn = 0; turn < dialogue.Length; turn++)
        {
            (Side side, byte[] bytes) = dialogue[turn];
            for (int cut = 1; cut < bytes.Length; cut++)
            {
                (Side, byte[])[] pieces =
                [
                    .. dialogue[..turn], (side, bytes[..cut]), (side, bytes[cut..]),
                    .. dialogue[(turn + 1)..],
                ];
                string found = AppBench.Read(port, pieces);
                Assert.True(whole == found, $"Cut at {cut} of turn {turn}:\n{found}\ninstead of\n{whole}");
            }
        }
    }

    private static IEnumerable<(Side, byte[])> Bytewise((Side Side, byte[] Bytes) turn) =>
        turn.Bytes.Select(value => (turn.Side, new[] { value }));
}
