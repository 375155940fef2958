using System.Globalization;
using System.Text.RegularExpressions;

namespace EndToEnd.Tests.Command;

/// <summary>An appliance of its own: own data folder, free ports, stopped and removed at the end.</summary>
internal sealed partial class RunningAppliance : IDisposable
{
    private RunningAppliance(string data, Outcome started)
    {
        Data = data;
        Link = LinkLine().Match(started.LastLine).Groups[1].Value;
        Assert.True(started.ExitCode == 0 && Link.Length > 0,
            $"up failed:\n{started.Printed}{started.Errors}");
        Port = new Uri(Link).Port;
    }

    public string Data { get; }

    /// <summary>The one-time sign-in link that up printed.</summary>
    public string Link { get; }

    public int Port { get; }

    /// <summary>Starts with the built-in demo unless told otherwise;
    /// returns when all three are ready.</summary>
    public static RunningAppliance Start(params string[] more) => StartWith([], more);

    /// <summary>The same with variables of its environment, NAME=value.</summary>
    public static RunningAppliance StartWith(string[] environment, params string[] more)
    {
        string data = Directory.CreateTempSubdirectory("appliance-").FullName;
        Outcome started = ApplianceCommand.RunProgram(
            "env",
            [
                .. environment, ApplianceCommand.Path, "up", "--detach", "--port", "0", "--data", data,
                .. more,
            ]);
        try
        {
            return new RunningAppliance(data, started);
        }
        catch
        {
            Remove(data);
            throw;
        }
    }

    public Outcome Run(params string[] arguments) => ApplianceCommand.Run([.. arguments, "--data", Data]);

    /// <summary>Process ids by name: dataplane, control-api, web-ui; those that run.</summary>
    public IReadOnlyDictionary<string, int> Processes() =>
        ProcessLine().Matches(Run("status").Printed)
            .ToDictionary(
                line => line.Groups[1].Value,
                line => int.Parse(line.Groups[2].Value, CultureInfo.InvariantCulture));

    /// <summary>A client of its REST interface, with a key of that scope.</summary>
    public HttpClient NewClient(string scope)
    {
        // The appliance made its certificate itself; UpTests look at it.
        var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback =
                HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        var client = new HttpClient(handler) { BaseAddress = new Uri($"https://localhost:{Port}/") };
        client.DefaultRequestHeaders.Authorization = new("Bearer", NewKey(scope));
        return client;
    }

    public string NewKey(string scope)
    {
        Outcome made = Run("key", "create", "--name", "test", "--scope", scope);
        Assert.True(made.ExitCode == 0, made.Errors);
        return made.LastLine;
    }

    public void Dispose() => Remove(Data);

    private static void Remove(string data)
    {
        ApplianceCommand.Run("down", "--data", data);
        Directory.Delete(data, recursive: true);
    }

    [GeneratedRegex(@"^Open (https://\S+/start\?token=\S+) \(once, 15 minutes\)$")]
    private static partial Regex LinkLine();

    [GeneratedRegex(@"^(\S+) +runs as process (\d+) ", RegexOptions.Multiline)]
    private static partial Regex ProcessLine();
}
