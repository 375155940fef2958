using System.Globalization;

namespace ControlApi;

/// <summary>What the command line says.</summary>
public sealed record ControlApiOptions
{
    public required string DataFolder { get; init; }

    public required string RunFolder { get; init; }

    /// <summary>0 takes a free port.</summary>
    public int Port { get; init; } = 8444;

    public string? ConfigFile { get; init; }

    public string? DemoFile { get; init; }

    public IReadOnlyList<string> PublicOrigins { get; init; } = [];

    /// <summary>Takes the options, or says in one sentence what is wrong with them.</summary>
    public static ControlApiOptions? Parse(IReadOnlyList<string> arguments, out string? error)
    {
        Dictionary<string, List<string>>? values = CommandLine.Read(
            arguments, ["--data", "--run", "--port", "--config", "--demo", "--public-origin"], out error);
        if (values is null)
        {
            return null;
        }
        if (!values.TryGetValue("--data", out List<string>? data)
            || !values.TryGetValue("--run", out List<string>? run))
        {
            error = "ControlApi needs --data DIR and --run DIR.";
            return null;
        }
        int port = 8444;
        if (values.TryGetValue("--port", out List<string>? text)
            && (!int.TryParse(text[0], NumberStyles.None, CultureInfo.InvariantCulture, out port)
                || port > ushort.MaxValue))
        {
            error = $"--port {text[0]} is not a port; use a number from 0 to 65535.";
            return null;
        }
        return new ControlApiOptions
        {
            DataFolder = Path.GetFullPath(data[0]),
            RunFolder = Path.GetFullPath(run[0]),
            Port = port,
            ConfigFile = values.GetValueOrDefault("--config")?[0],
            DemoFile = values.GetValueOrDefault("--demo")?[0],
            PublicOrigins = values.GetValueOrDefault("--public-origin") ?? [],
        };
    }
}
