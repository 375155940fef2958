using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dataplane.Benchmarks.Traffic;
using Dataplane.Packets;
using Dataplane.Ports;
using Testing;

namespace Dataplane.Benchmarks;

/// <summary><c>analyze --outputs flows</c> beside <c>ndpiReader -q</c> on the same captures: the CPU time of
/// the whole processes, start to end, in turn.</summary>
/// <remarks>ndpiReader writes a summary only, we a line for each flow as well.</remarks>
public sealed partial class NdpiExperiment : Experiment
{
    private const int Rounds = 5;
    private const int MixedLoops = 90;
    private const int ShortLoops = 4;
    private const int ShortFlows = 50_000;
    private const int ShortConcurrency = 5_000;
    private const long StepNs = 1_000_000_000;

    public override string Name => "ndpi";

    public override string Summary => "identification of whole captures: CPU time, ratio to ndpiReader";

    public override ExperimentReport Measure(string command)
    {
        var rows = new List<ReportRow>();
        var checks = new List<ReportCheck>();
        string folder = Directory.CreateTempSubdirectory("bench-ndpi-").FullName;
        try
        {
            string capture = Path.Combine(folder, "traffic.pcap");
            WriteShort(capture);
            Compare("short flows", capture, folder, rows, checks);
            if (WriteMixed(capture))
            {
                Compare("mixed", capture, folder, rows, checks);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return ExperimentReport.Now(Name, command, rows, checks);
    }

    private static void Compare(
        string traffic, string capture, string folder, List<ReportRow> rows, List<ReportCheck> checks)
    {
        string[] ours = [Appliance(), "analyze", capture, "--outputs", "flows", "--out", folder];
        string[] theirs = ["ndpiReader", "-i", capture, "-q"];
        _ = CpuSeconds(ours, out _);
        bool isThere = CpuSeconds(["ndpiReader", "-h"], out _) is not null;
        List<double> oursSeconds = [], theirsSeconds = [];
        string said = "";
        for (int round = 0; round < Rounds; round++)
        {
            oursSeconds.Add(CpuSeconds(ours, out _)
                ?? throw new InvalidOperationException("analyze failed; run it by hand to see why."));
            if (isThere)
            {
                theirsSeconds.Add(CpuSeconds(theirs, out said)!.Value);
            }
        }

        rows.Add(ReportRow.Of($"analyze, {traffic}", "CPU-s", oursSeconds));
        if (isThere)
        {
            ReportRow ratio = ReportRow.Of($"ndpiReader / analyze, {traffic}", "ratio",
                [.. theirsSeconds.Zip(oursSeconds, (a, b) => a / b)]);
            rows.AddRange([ReportRow.Of($"ndpiReader, {traffic}", "CPU-s", theirsSeconds), ratio]);
            checks.Add(new ReportCheck(
                $"faster, {traffic}", ratio.Value > 1, Text($"{ratio.Value:0.00} times")));
        }

        CountPackets(traffic, folder, said, rows, checks);
    }

    // How soon identification stops asking, and whether both saw the same flows.
    private static void CountPackets(
        string traffic, string folder, string said, List<ReportRow> rows, List<ReportCheck> checks)
    {
        using JsonDocument summary =
            JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "summary.json")));
        JsonElement root = summary.RootElement;
        long fed = root.GetProperty("eventsDelivered").GetProperty("dpi").EnumerateObject()
            .Where(type => type.Name.StartsWith("EVENT/PKT", StringComparison.Ordinal))
            .Sum(type => type.Value.GetInt64());
        double flows = root.GetProperty("flows").GetInt64();
        double packets = root.GetProperty("packets").GetInt64();
        rows.Add(ReportRow.Counted($"packets, {traffic}", "packets", packets));
        rows.Add(ReportRow.Counted($"packets given to nDPI, {traffic}", "% of all", 100 * fed / packets));
        rows.Add(ReportRow.Counted($"packets given to nDPI, {traffic}", "a flow", fed / flows));
        Match match = UniqueFlows().Match(said);
        if (match.Success)
        {
            int theirs = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            checks.Add(new ReportCheck($"same flows, {traffic}",
                Math.Abs(theirs - flows) < 0.02 * flows, Text($"{flows} here, {theirs} in ndpiReader")));
        }
    }

    private static void WriteShort(string file)
    {
        TrafficOptions options = TrafficOptions.Of(TrafficKind.T4) with
        {
            Flows = ShortFlows,
            Concurrency = ShortConcurrency,
        };
        (IReadOnlyList<TrafficFrame> frames, _) = TrafficGenerator.Generate(options, new SignatureSet());
        List<Frame> once = [.. frames.Select(frame => new Frame(frame.TimeNs, frame.Bytes))];
        PcapFile.Write(file, Behind([once], ShortLoops));
    }

    /// <summary>The acceptance captures behind each other, again and again with other addresses.</summary>
    private static bool WriteMixed(string file)
    {
        if (AcceptanceData.Find("ndpi") is not { } folder)
        {
            return false;
        }

        List<List<Frame>> captures = [.. Directory.GetFiles(folder, "*.pcap", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).Select(ReadEthernet).Where(frames => frames.Count > 0)];
        PcapFile.Write(file, Behind(captures, MixedLoops));
        return true;
    }

    private static IEnumerable<Frame> Behind(List<List<Frame>> captures, int loops)
    {
        long now = 1_700_000_000 * StepNs;
        for (int loop = 0; loop < loops; loop++)
        {
            foreach (List<Frame> frames in captures)
            {
                long start = frames[0].TimestampNs, last = now;
                foreach (Frame frame in frames)
                {
                    last = Math.Max(last, now + Math.Min(frame.TimestampNs - start, 600 * StepNs));
                    yield return new Frame(last, Readdressed(frame.Bytes, (byte)loop));
                }

                now = last + StepNs;
            }
        }
    }

    // Both ends' third octets change, so that each loop has flows of its own.
    private static byte[] Readdressed(byte[] frame, byte loop)
    {
        const int sourceOctet = 28;
        const int destinationOctet = 32;
        if (loop == 0 || frame.Length <= destinationOctet || frame[12] != 8 || frame[13] != 0)
        {
            return frame;
        }

        byte[] changed = [.. frame];
        changed[sourceOctet] ^= loop;
        changed[destinationOctet] ^= loop;
        return changed;
    }

    private static List<Frame> ReadEthernet(string path)
    {
        var frames = new List<Frame>();
        using CaptureReader reader = CaptureReader.Open(path);
        while (reader.TryRead(out ReadOnlySpan<byte> bytes, out CapturedFrame facts))
        {
            if (facts.LinkType == LinkType.Ethernet && facts.WireLength == bytes.Length)
            {
                frames.Add(new Frame(facts.TimestampNs, bytes.ToArray()));
            }
        }

        return frames;
    }

    private static string Appliance()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string command = Path.Combine(at.FullName, "installer", "appliance");
            if (File.Exists(command))
            {
                return command;
            }
        }

        throw new InvalidOperationException(
            "installer/appliance is not above this program; run it from a checkout.");
    }

    /// <summary>User and system time of a command and its children, as the shell tells it; null when it
    /// failed.</summary>
    private static double? CpuSeconds(string[] command, out string output)
    {
        var start = new ProcessStartInfo("bash",
            ["-c", """out=$("$@" 2>&1) || exit 1; printf '%s\n' "$out"; times""", "bash", .. command])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        MatchCollection times = MinutesAndSeconds().Matches(output);
        return process.ExitCode != 0 || times.Count < 4 ? null
            : times.TakeLast(2).Sum(time => (60 * Number(time.Groups[1])) + Number(time.Groups[2]));
    }

    private static double Number(Group group) => double.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    [GeneratedRegex(@"(\d+)m([\d.]+)s")]
    private static partial Regex MinutesAndSeconds();

    [GeneratedRegex(@"Unique flows:\s+(\d+)")]
    private static partial Regex UniqueFlows();
}
