using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Dataplane.Tests.Stacks.Applications;

/// <summary>Fields as Wireshark's dissectors print them, for each conversation.</summary>
internal static class Tshark
{
    private const char Separator = '\t';
    private const char Aggregator = '\u001f';
    private static readonly string[] Ends =
        ["ip.src", "tcp.srcport", "udp.srcport", "ip.dst", "tcp.dstport", "udp.dstport"];

    /// <summary>Rows of frames that have one of the fields, in the order of the capture.</summary>
    public static IReadOnlyList<Row> Read(string capture, string filter, IReadOnlyList<string> fields)
    {
        var start = new ProcessStartInfo("tshark",
        [
            "-r", capture, "-Y", filter, "-n", "-T", "fields", "-E", $"separator={Separator}",
            "-E", $"aggregator={Aggregator}", "-E", "occurrence=a",
            "-o", "tcp.reassemble_out_of_order:TRUE",
            .. Ends.Concat(fields).SelectMany(field => new[] { "-e", field }),
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> complaint = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"tshark ended with {process.ExitCode}: {complaint.Result}");
        return
        [
            .. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => RowOf(line.Split(Separator), fields)).OfType<Row>(),
        ];
    }

    // Null for a frame of a tunnel, which has several addresses, or none of IPv4.
    private static Row? RowOf(string[] cells, IReadOnlyList<string> fields)
    {
        bool hasEnds = IPAddress.TryParse(cells[0], out IPAddress? from)
            & IPAddress.TryParse(cells[3], out IPAddress? to);
        string fromPort = cells[1] + cells[2];
        string toPort = cells[4] + cells[5];
        if (!hasEnds || !ushort.TryParse(fromPort, CultureInfo.InvariantCulture, out ushort source)
            || !ushort.TryParse(toPort, CultureInfo.InvariantCulture, out ushort destination))
        {
            return null;
        }
        var values = new Dictionary<string, string[]>(StringComparer.Ordinal);
        for (int i = 0; i < fields.Count; i++)
        {
            string cell = cells[Ends.Length + i];
            if (cell.Length > 0)
            {
                values[fields[i]] = cell.Split(Aggregator);
            }
        }
        return new Row((Number(from!), source, Number(to!), destination), values);
    }

    private static uint Number(IPAddress address) =>
        BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    /// <summary>One frame: who sent it to whom, and what was found.</summary>
    internal sealed record Row(
        (uint From, ushort FromPort, uint To, ushort ToPort) Ends, Dictionary<string, string[]> Values)
    {
        public string[] this[string field] => Values.GetValueOrDefault(field, []);
    }
}
