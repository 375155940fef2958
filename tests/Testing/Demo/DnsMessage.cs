using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Testing.Demo;

/// <summary>DNS messages with one question (RFC 1035, 4.1).</summary>
public static class DnsMessage
{
    private const ushort TypeA = 1;
    private const ushort ClassInternet = 1;
    private const uint TimeToLiveSeconds = 300;

    public static byte[] Query(ushort id, string host) =>
        [.. Header(id, flags: 0x0100, answers: 0), .. Question(host)];

    public static byte[] Answer(ushort id, string host, string address)
    {
        byte[] record = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(record, 0xC00C); // the question's name, by pointer
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(2), TypeA);
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(4), ClassInternet);
        BinaryPrimitives.WriteUInt32BigEndian(record.AsSpan(6), TimeToLiveSeconds);
        byte[] bytes = IPAddress.Parse(address).GetAddressBytes();
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(10), (ushort)bytes.Length);
        return [.. Header(id, flags: 0x8180, answers: 1), .. Question(host), .. record, .. bytes];
    }

    private static byte[] Header(ushort id, ushort flags, ushort answers)
    {
        byte[] header = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(header, id);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), flags);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), answers);
        return header;
    }

    private static byte[] Question(string host)
    {
        List<byte> question = [];
        foreach (string label in host.Split('.'))
        {
            question.Add((byte)label.Length);
            question.AddRange(Encoding.ASCII.GetBytes(label));
        }
        question.AddRange([0, 0, (byte)TypeA, 0, (byte)ClassInternet]);
        return [.. question];
    }
}
