using System.Diagnostics;

namespace Testing;

/// <summary>
/// Three network namespaces in a row: client (10.77.0.1), appliance with its ports wan and lan, server
/// (10.77.0.2).
/// Packets pass from client to server only if something in the middle carries them.
/// </summary>
/// <remarks>
/// Needs root. Offloads are off at all four ends, so that packets on the wire are whole. Dispose ends every
/// program started in them and removes them.
/// </remarks>
public sealed class Namespaces : IDisposable
{
    public const string ClientAddress = "10.77.0.1";
    public const string ServerAddress = "10.77.0.2";

    /// <summary>The appliance's interface towards the client.</summary>
    public const string Wan = "wan";

    /// <summary>The appliance's interface towards the server.</summary>
    public const string Lan = "lan";

    private const string HostInterface = "eth0";

    private static int _count;

    private readonly string _folder = Directory.CreateTempSubdirectory("namespaces-").FullName;
    private readonly List<Process> _programs = [];

    private Namespaces(string prefix)
    {
        (Client, Appliance, Server) = ($"{prefix}-client", $"{prefix}-appliance", $"{prefix}-server");
    }

    /// <summary>Names for <c>ip netns exec</c>.</summary>
    public string Client { get; }

    public string Appliance { get; }

    public string Server { get; }

    public static Namespaces Create()
    {
        Namespaces made = new($"mbx{Environment.ProcessId}n{Interlocked.Increment(ref _count)}");
        try
        {
            made.Build();
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Brings the appliance's interfaces into this process's own namespace, under names of their own: for
    /// programs that are spoken to over the loopback interface as well.
    /// </summary>
    public (string Wan, string Lan) BringPortsHome()
    {
        string number = Client.Split('-')[0]["mbx".Length..];
        (string wan, string lan) = ($"w{number}", $"l{number}");
        Ip("-n", Appliance, "link", "set", "dev", Wan, "netns", $"{Environment.ProcessId}", "name", wan);
        Ip("-n", Appliance, "link", "set", "dev", Lan, "netns", $"{Environment.ProcessId}", "name", lan);
        Prepare([], wan);
        Prepare([], lan);
        return (wan, lan);
    }

    /// <summary>Removes the wire to the server with both its ends.</summary>
    public void CutServerOff() => Ip("-n", Appliance, "link", "del", "dev", Lan);

    /// <summary>Lays the wire to the server anew: interfaces of the same names, but others.</summary>
    public void ConnectServer() => Connect(Server, ServerAddress, Lan);

    /// <summary>Tells client and server each other's hardware address for good: no packet of theirs waits for
    /// an answer to ARP while nothing carries it.</summary>
    public void PinNeighbours()
    {
        foreach ((string at, string of, string address) in new[]
            { (Client, Server, ServerAddress), (Server, Client, ClientAddress) })
        {
            string link = Run(of, "cat", $"/sys/class/net/{HostInterface}/address").Output.Trim();
            string[] entry = [address, "lladdr", link, "dev", HostInterface, "nud", "permanent"];
            Ip(["-n", at, "neigh", "replace", .. entry]);
        }
    }

    /// <summary>A path for a file of this test; goes with this object.</summary>
    public string FilePath(string name) => Path.Combine(_folder, name);

    /// <summary>Runs a program in a namespace to its end.</summary>
    public static CommandResult Run(string name, params string[] command) =>
        Wait(Launch([.. In(name), .. command]));

    /// <summary>Starts a program in a namespace; it ends with this object at the latest.</summary>
    public Process Start(string name, params string[] command)
    {
        Process program = Launch([.. In(name), .. command]);
        _programs.Add(program);
        return program;
    }

    /// <summary>
    /// Serves files by name over HTTP on port 80 of all the server's addresses; listens when this returns.
    /// </summary>
    public void StartNginx(IReadOnlyDictionary<string, byte[]> files)
    {
        string root = Path.Combine(_folder, "www");
        Directory.CreateDirectory(root);
        Expect(Wait(Launch(["chmod", "755", _folder])), "chmod"); // nginx's workers are another user
        foreach ((string name, byte[] content) in files)
        {
            File.WriteAllBytes(Path.Combine(root, name), content);
        }
        string configuration = Path.Combine(_folder, "nginx.conf");
        File.WriteAllText(configuration, $$"""
            worker_processes 1;
            pid {{_folder}}/nginx.pid;
            error_log {{_folder}}/error.log;
            events { }
            http { access_log off; server { listen 80; root {{root}}; } }
            """);

        // nginx goes into the background once it listens, and not before.
        Expect(Run(Server, "nginx", "-c", configuration), "nginx");
    }

    /// <summary>Fetches from the client's side; fails after that many seconds.</summary>
    public CommandResult Curl(string path, int secondsMax, params string[] more) =>
        Run(
            Client,
            [
                "curl", "--no-progress-meter", "--max-time", $"{secondsMax}", .. more,
                $"http://{ServerAddress}{path}",
            ]);

    public void Dispose()
    {
        foreach (Process program in _programs)
        {
            if (!program.HasExited)
            {
                program.Kill(entireProcessTree: true);
            }
            program.WaitForExit();
            program.Dispose();
        }
        string pidFile = Path.Combine(_folder, "nginx.pid");
        if (File.Exists(pidFile))
        {
            Wait(Launch(["kill", "-TERM", File.ReadAllText(pidFile).Trim()]));
        }
        foreach (string name in new[] { Client, Appliance, Server })
        {
            Wait(Launch(["ip", "netns", "del", name])); // takes its interfaces along
        }
        Directory.Delete(_folder, recursive: true);
    }

    private static CommandResult Wait(Process program)
    {
        using (program)
        {
            Task<string> errors = program.StandardError.ReadToEndAsync();
            string output = program.StandardOutput.ReadToEnd();
            program.WaitForExit();
            return new CommandResult(program.ExitCode, output + errors.GetAwaiter().GetResult());
        }
    }

    private static Process Launch(IReadOnlyList<string> command)
    {
        ProcessStartInfo start = new(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
    }

    private static void Expect(CommandResult result, string what)
    {
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"{what} failed with {result.ExitCode}: {result.Output}");
        }
    }

    private static void Ip(params string[] arguments) =>
        Expect(Wait(Launch(["ip", .. arguments])), "ip " + string.Join(' ', arguments));

    private void Build()
    {
        Ip("netns", "add", Client);
        Ip("netns", "add", Appliance);
        Ip("netns", "add", Server);
        Connect(Client, ClientAddress, Wan);
        Connect(Server, ServerAddress, Lan);
    }

    private void Connect(string host, string address, string port)
    {
        string[] near = ["name", HostInterface, "netns", host];
        string[] far = ["name", port, "netns", Appliance];
        Ip(["link", "add", .. near, "type", "veth", "peer", .. far]);
        Ip("-n", host, "link", "set", "dev", "lo", "up");
        Ip("-n", host, "addr", "add", $"{address}/24", "dev", HostInterface);
        Prepare(In(host), HostInterface);
        Prepare(In(Appliance), port);
    }

    private static string[] In(string name) => ["ip", "netns", "exec", name];

    private static void Prepare(string[] where, string port)
    {
        // No neighbour discovery or router solicitations of the kernel's own between the packets of a test.
        string[] quiet = ["sysctl", "-qw", $"net.ipv6.conf.{port}.disable_ipv6=1"];
        string[] whole = ["ethtool", "-K", port, "gro", "off", "gso", "off", "tso", "off", "tx", "off"];
        string[] up = ["ip", "link", "set", "dev", port, "up"];
        foreach (string[] command in new[] { quiet, whole, up })
        {
            Expect(Wait(Launch([.. where, .. command])), string.Join(' ', command));
        }
    }
}
