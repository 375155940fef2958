using System.Buffers.Binary;

namespace Testing;

/// <summary>Writes classic pcap files: little endian, microseconds, Ethernet.</summary>
public static class PcapFile
{
    private const int LinkTypeEthernet = 1;

    public static void Write(string path, IEnumerable<Frame> frames, int linkType = LinkTypeEthernet) =>
        File.WriteAllBytes(path, Bytes(frames, linkType));

    /// <summary>The file's bytes; equal frames give equal bytes.</summary>
    public static byte[] Bytes(IEnumerable<Frame> frames, int linkType = LinkTypeEthernet)
    {
        using MemoryStream file = new();
        Span<byte> header = stackalloc byte[24];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xA1B2C3D4);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 262144);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], (uint)linkType);
        file.Write(header);

        Span<byte> record = stackalloc byte[16];
        foreach (Frame frame in frames)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(frame.TimestampNs / 1_000_000_000));
            BinaryPrimitives.WriteUInt32LittleEndian(record[4..],
                (uint)(frame.TimestampNs % 1_000_000_000 / 1_000));
            BinaryPrimitives.WriteUInt32LittleEndian(record[8..], (uint)frame.Bytes.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(record[12..], (uint)frame.Bytes.Length);
            file.Write(record);
            file.Write(frame.Bytes);
        }
        return file.ToArray();
    }
}
