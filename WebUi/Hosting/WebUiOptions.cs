using System.Globalization;
using System.Net;

namespace WebUi.Hosting;

/// <summary>What the command line says: where data lies, where ControlApi listens, where to listen.</summary>
public sealed record WebUiOptions
{
    public const string Usage =
        "Usage: WebUi [--data DIR] [--run DIR] [--api URL] [--port N] [--listen ADDR]...";

    private const int DefaultPort = 8443;

    /// <summary>Folder for the certificate and the data-protection keys.</summary>
    public string DataFolder { get; init; } = "";

    /// <summary>
    /// Folder for sockets and pid files; webui.port there says which port was taken.
    /// </summary>
    public string RunFolder { get; init; } = "";

    /// <summary>Base address of ControlApi.</summary>
    public Uri Api { get; init; } = new("http://127.0.0.1:8444");

    /// <summary>TCP port for HTTPS; 0 takes a free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Addresses to listen on.</summary>
    public IReadOnlyList<IPAddress> Listen { get; init; } = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    /// <summary>
    /// Reads the command line; throws <see cref="UsageException"/> with a sentence for the operator.
    /// </summary>
    public static WebUiOptions Parse(IReadOnlyList<string> arguments)
    {
        Dictionary<string, List<string>> given = Pair(arguments);
        string data = Last(given, "--data")
            ?? Environment.GetEnvironmentVariable("APPLIANCE_DATA")
            ?? ".appliance";
        int port = ParsePort(Last(given, "--port"));
        return new WebUiOptions
        {
            DataFolder = Path.GetFullPath(data),
            RunFolder = Path.GetFullPath(Last(given, "--run") ?? data),
            Port = port,
            Api = ParseApi(Last(given, "--api"), port),
            Listen = given.TryGetValue("--listen", out List<string>? listen)
                ? [.. listen.Select(ParseAddress)]
                : [IPAddress.Loopback, IPAddress.IPv6Loopback],
        };
    }

    private static Dictionary<string, List<string>> Pair(IReadOnlyList<string> arguments)
    {
        var given = new Dictionary<string, List<string>>();
        for (int i = 0; i < arguments.Count; i += 2)
        {
            string name = arguments[i];
            if (name is not ("--data" or "--run" or "--api" or "--port" or "--listen"))
            {
                throw new UsageException($"{name} is not an option of WebUi. {Usage}");
            }
            if (i + 1 == arguments.Count)
            {
                throw new UsageException($"{name} needs a value. {Usage}");
            }
            if (!given.TryGetValue(name, out List<string>? values))
            {
                given[name] = values = [];
            }
            values.Add(arguments[i + 1]);
        }
        return given;
    }

    private static string? Last(Dictionary<string, List<string>> given, string name) =>
        given.TryGetValue(name, out List<string>? values) ? values[^1] : null;

    private static int ParsePort(string? text)
    {
        if (text is null)
        {
            return DefaultPort;
        }
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && port <= ushort.MaxValue
            ? port
            : throw new UsageException($"--port {text} is not a port number; give one from 0 to 65535.");
    }

    private static Uri ParseApi(string? text, int port)
    {
        string address = text ?? $"http://127.0.0.1:{(port == 0 ? DefaultPort : port) + 1}";
        return Uri.TryCreate(address, UriKind.Absolute, out Uri? api) && api.Scheme is "http" or "https"
            ? new Uri(api!.GetLeftPart(UriPartial.Authority))
            : throw new UsageException($"--api {address} is not an address like http://127.0.0.1:8444.");
    }

    private static IPAddress ParseAddress(string text) =>
        IPAddress.TryParse(text, out IPAddress? address)
            ? address
            : throw new UsageException($"--listen {text} is not an IP address; give one like 0.0.0.0 or ::.");
}
