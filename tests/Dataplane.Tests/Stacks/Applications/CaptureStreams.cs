using System.Buffers.Binary;
using Dataplane.Packets;

namespace Dataplane.Tests.Stacks.Applications;

/// <summary>The byte streams of TCP connections in a capture (Ethernet or raw IPv4), first copy first; a
/// simple reader that is no part of the product.</summary>
internal static class CaptureStreams
{
    private const int RecordBytes = 16;

    /// <summary>Each connection's pieces in the order of the capture.</summary>
    public static IReadOnlyList<Dialogue> Of(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        var dialogues = new Dictionary<(uint, ushort, uint, ushort), Dialogue>();
        if (file.Length < 24 || BinaryPrimitives.ReadUInt32LittleEndian(file) != 0xA1B2C3D4)
        {
            return [];
        }
        int ethernet = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(20)) == 1 ? 14 : 0;
        int at = 24;
        while (at + RecordBytes <= file.Length)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 8));
            at += RecordBytes;
            if (length < 0 || at + length > file.Length)
            {
                break;
            }
            Take(file.AsSpan(at, length), ethernet, dialogues);
            at += length;
        }
        return [.. dialogues.Values.Where(dialogue => dialogue.Pieces.Count > 0)];
    }

    /// <summary>Each connection of Ethernet frames.</summary>
    public static IReadOnlyList<Dialogue> Of(IEnumerable<byte[]> frames)
    {
        const int ethernet = 14;
        var dialogues = new Dictionary<(uint, ushort, uint, ushort), Dialogue>();
        foreach (byte[] frame in frames)
        {
            Take(frame, ethernet, dialogues);
        }
        return [.. dialogues.Values.Where(dialogue => dialogue.Pieces.Count > 0)];
    }

    private static void Take(
        ReadOnlySpan<byte> frame, int ethernet,
        Dictionary<(uint, ushort, uint, ushort), Dialogue> dialogues)
    {
        if (frame.Length < ethernet + 40 || frame[ethernet] >> 4 != 4 || frame[ethernet + 9] != 6)
        {
            return;
        }
        ReadOnlySpan<byte> ip = frame[ethernet..];
        int header = (ip[0] & 15) * 4;
        int total = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(ip[2..]), ip.Length);
        if (total < header + 20)
        {
            return;
        }
        ReadOnlySpan<byte> tcp = ip[header..total];
        uint from = BinaryPrimitives.ReadUInt32BigEndian(ip[12..]);
        uint to = BinaryPrimitives.ReadUInt32BigEndian(ip[16..]);
        ushort fromPort = BinaryPrimitives.ReadUInt16BigEndian(tcp);
        ushort toPort = BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]);
        int data = Math.Min((tcp[12] >> 4) * 4, tcp.Length);
        bool isSyn = (tcp[13] & 2) != 0;
        Side side = Side.Client;
        if (!dialogues.TryGetValue((from, fromPort, to, toPort), out Dialogue? dialogue))
        {
            side = Side.Server;
            if (!dialogues.TryGetValue((to, toPort, from, fromPort), out dialogue))
            {
                side = Side.Client;
                dialogue = new Dialogue((from, fromPort, to, toPort));
                dialogues[(from, fromPort, to, toPort)] = dialogue;
            }
        }
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]);
        dialogue.Take(side, isSyn, isSyn ? sequence + 1 : sequence, tcp[data..]);
    }
}

/// <summary>Who sent what, in order.</summary>
internal sealed class Dialogue((uint From, ushort FromPort, uint To, ushort ToPort) ends)
{
    private readonly uint?[] _next = new uint?[2];
    private readonly SortedDictionary<uint, byte[]>[] _ahead = [[], []];

    /// <summary>Addresses and ports; the one that sent first, first.</summary>
    public (uint From, ushort FromPort, uint To, ushort ToPort) Ends => ends;

    public ushort ServerPort => ends.ToPort;

    /// <summary>True when the client's SYN was seen first.</summary>
    public bool BeginsWithSyn { get; private set; }

    public List<(Side Side, byte[] Bytes)> Pieces { get; } = [];

    public void Take(Side side, bool isSyn, uint sequence, ReadOnlySpan<byte> bytes)
    {
        int number = (int)side;
        BeginsWithSyn |= isSyn && side == Side.Client && Pieces.Count == 0;
        _next[number] = isSyn || _next[number] is null ? sequence : _next[number];
        if (!bytes.IsEmpty)
        {
            _ahead[number].TryAdd(sequence, bytes.ToArray());
        }
        while (_ahead[number].Count > 0)
        {
            (uint first, byte[] piece) = _ahead[number].First();
            int seen = unchecked((int)(_next[number]!.Value - first));
            if (seen < 0)
            {
                return;
            }
            _ahead[number].Remove(first);
            if (seen < piece.Length)
            {
                Pieces.Add((side, piece[seen..]));
                _next[number] = unchecked(first + (uint)piece.Length);
            }
        }
    }
}
