using System.Globalization;
using Testing;

namespace Dataplane.Benchmarks.Traffic;

/// <summary><c>bench --write-traffic</c>: a generated set as a capture, its truth, and its rules.</summary>
public static class TrafficFile
{
    /// <summary>How the option is written.</summary>
    public const string Usage =
        "--write-traffic T1|T2|T3|T4 FILE [--flows N] [--packets N] [--concurrency N] [--seed N]";

    /// <summary>Reads the option's values from <paramref name="args"/> and writes the files.</summary>
    /// <returns>0, or 2 when the option is not written so.</returns>
    public static int Write(ReadOnlySpan<string> args, TextWriter output, TextWriter errors)
    {
        if (args.Length < 2 || !Enum.TryParse(args[0], out TrafficKind kind) || !Enum.IsDefined(kind)
            || !TryRead(args[2..], TrafficOptions.Of(kind), out TrafficOptions options))
        {
            errors.WriteLine($"Traffic is written by {Usage}.");
            return 2;
        }

        var signatures = new SignatureSet();
        (IReadOnlyList<TrafficFrame> frames, TrafficTruth truth) =
            TrafficGenerator.Generate(options, signatures);
        PcapFile.Write(args[1], frames.Select(frame => new Frame(frame.TimeNs, frame.Bytes)));
        File.WriteAllText(args[1] + ".truth.json", truth.ToJson());
        File.WriteAllText(args[1] + ".rules", signatures.Rules());
        output.WriteLine(Describe(truth));
        output.WriteLine($"Written: {args[1]}, {args[1]}.truth.json, {args[1]}.rules");
        return 0;
    }

    /// <summary>The set in a line: what the gains are functions of.</summary>
    public static string Describe(TrafficTruth truth) => string.Create(
        CultureInfo.InvariantCulture,
        $"{truth.Options.Kind}: {truth.Options.Flows} flows "
        + $"({string.Join(", ", truth.FlowsByProtocol.Select(p => $"{p.Value} {p.Key}"))}), "
        + $"{truth.Packets} packets, {truth.PacketsPerFlow:0.0} a flow, "
        + $"client share c {truth.ClientPacketShare:0.000} of TCP packets, HTTP share h "
        + $"{truth.HttpPacketShare:0.000}, client/server bytes "
        + $"{(double)truth.ClientBytes / truth.ServerBytes:0.000}, "
        + $"{truth.Attacks.Count} attacks planted, {truth.Attacks.Count(a => !a.IsWhole)} over segments, "
        + $"seed {truth.Options.Seed}");

    private static bool TryRead(ReadOnlySpan<string> args, TrafficOptions first, out TrafficOptions options)
    {
        options = first;
        for (int i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length
                || !int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out int number) || number < 1)
            {
                return false;
            }

            switch (args[i])
            {
                case "--flows" when number <= TrafficOptions.FlowMax:
                    options = options with { Flows = number };
                    break;
                case "--packets":
                    options = options with { PacketsPerFlow = number };
                    break;
                case "--concurrency":
                    options = options with { Concurrency = number };
                    break;
                case "--seed":
                    options = options with { Seed = number };
                    break;
                default:
                    return false;
            }
        }

        return true;
    }
}
