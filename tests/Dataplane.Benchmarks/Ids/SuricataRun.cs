using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Dataplane.Benchmarks.Ids;

/// <summary>One capture and rule file through the <c>suricata</c> command, where it is installed.</summary>
/// <param name="CpuNs">Processor time of its packet thread.</param>
/// <param name="ResidentBytes">The most it had in memory.</param>
/// <param name="Alerts">Client's last two octets as a number, and sid; each once.</param>
public sealed record SuricataRun(
    double CpuNs, double ResidentBytes, IReadOnlyList<(int Flow, uint Sid)> Alerts)
{
    /// <summary>Alerts only; memory caps raised: with those it comes with, it skips most short flows of a
    /// capture that is read at speed.</summary>
    private const string Configuration = """
        %YAML 1.1
        ---
        vars:
          address-groups:
            HOME_NET: "any"
            EXTERNAL_NET: "any"
        outputs:
          - eve-log:
              enabled: yes
              filetype: regular
              filename: eve.json
              types:
                - alert
        app-layer:
          protocols:
            http:
              enabled: yes
            tls:
              enabled: yes
            ssh:
              enabled: yes
            dns:
              udp:
                enabled: yes
        flow:
          memcap: 4gb
          hash-size: 262144
        stream:
          memcap: 4gb
          reassembly:
            memcap: 4gb
            depth: 1mb

        """;

    private const string PacketThread = "W#01";
    private const double TicksPerSecond = 100;
    private const int FieldUserTicks = 11;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Where the command is: <c>SURICATA</c> in the environment, else in the path; null when
    /// nowhere.</summary>
    public static string? Command()
    {
        string? named = Environment.GetEnvironmentVariable("SURICATA");
        IEnumerable<string> places = named is not null ? [named]
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
                .Select(folder => Path.Combine(folder, "suricata"));
        return places.FirstOrDefault(File.Exists);
    }

    /// <summary>Runs it once, results into a folder.</summary>
    public static SuricataRun Of(string command, string capture, string rules, string folder)
    {
        var start = new ProcessStartInfo(command)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string configuration = Path.Combine(folder, "suricata.yaml");
        File.WriteAllText(configuration, Configuration);
        string[] arguments =
        [
            "-c", configuration, "-r", capture, "-S", rules, "-l", folder,
            "--runmode", "single", "-k", "none",
        ];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        Task<string> said = process.StandardOutput.ReadToEndAsync();
        Task<string> faults = process.StandardError.ReadToEndAsync();
        double cpu = 0;
        double resident = 0;
        while (!process.WaitForExit(Look))
        {
            cpu = Math.Max(cpu, ThreadCpuNs(process.Id));
            resident = Math.Max(resident, Resident(process.Id));
        }

        return process.ExitCode == 0
            ? new SuricataRun(cpu, resident, Alert(Path.Combine(folder, "eve.json")))
            : throw new InvalidOperationException(
                $"suricata ended with {process.ExitCode}: {said.Result}{faults.Result}");
    }

    private static double ThreadCpuNs(int process)
    {
        try
        {
            foreach (string task in Directory.EnumerateDirectories($"/proc/{process}/task"))
            {
                string stat = File.ReadAllText(Path.Combine(task, "stat"));
                int end = stat.LastIndexOf(')');
                if (stat[..end].EndsWith(PacketThread, StringComparison.Ordinal))
                {
                    string[] fields = stat[(end + 2)..].Split(' ');
                    double ticks = double.Parse(fields[FieldUserTicks], CultureInfo.InvariantCulture)
                        + double.Parse(fields[FieldUserTicks + 1], CultureInfo.InvariantCulture);
                    return ticks / TicksPerSecond * 1e9;
                }
            }
        }
        catch (IOException)
        {
            return 0; // it has just ended
        }

        return 0;
    }

    private static double Resident(int process)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process}/status")
                .FirstOrDefault(text => text.StartsWith("VmRSS", StringComparison.Ordinal));
            return line is null ? 0 : 1_024 * double.Parse(
                line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static (int, uint)[] Alert(string file)
    {
        var alerts = new HashSet<(int, uint)>();
        IEnumerable<string> lines = File.ReadLines(file)
            .Where(text => text.Contains("\"alert\":{", StringComparison.Ordinal));
        foreach (string line in lines)
        {
            using JsonDocument parsed = JsonDocument.Parse(line);
            JsonElement root = parsed.RootElement;
            string source = root.GetProperty("src_ip").GetString()!;
            string client = source.StartsWith("10.", StringComparison.Ordinal) ? source
                : root.GetProperty("dest_ip").GetString()!;
            int[] octets =
                [.. client.Split('.').Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
            alerts.Add(((octets[2] << 8) | octets[3],
                root.GetProperty("alert").GetProperty("signature_id").GetUInt32()));
        }

        return [.. alerts.Order()];
    }
}
