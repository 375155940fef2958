using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EndToEnd.Tests.Command;

/// <summary>Starting, stopping and everything that may stand in the way of either.</summary>
public sealed class UpTests
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(20);

    [Fact]
    public void A_second_up_on_the_same_data_folder_is_refused()
    {
        using RunningAppliance appliance = RunningAppliance.Start();
        Outcome second = appliance.Run("up", "--port", "0");
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("is running already", second.Errors, StringComparison.Ordinal);
        Assert.Contains("appliance down", second.Errors, StringComparison.Ordinal);
        Assert.Equal(0, appliance.Run("status").ExitCode);
    }

    [Fact]
    public void Keys_and_links_are_made_whether_the_appliance_runs_or_not()
    {
        string running, link;
        using RunningAppliance appliance = RunningAppliance.Start();
        running = appliance.NewKey("read:*");
        Assert.Equal("200", StatusOf(appliance.Port, running, "/api/v1/notices"));
        Assert.Equal("401", StatusOf(appliance.Port, running + "x", "/api/v1/notices"));

        Assert.Equal(0, appliance.Run("down").ExitCode);
        Assert.StartsWith("mbk_", appliance.NewKey("read:*"), StringComparison.Ordinal);
        link = appliance.Run("link").LastLine;
        Assert.Contains("/start?token=", link, StringComparison.Ordinal);
    }

    [Fact]
    public void Down_ends_every_process()
    {
        using RunningAppliance appliance = RunningAppliance.Start();
        int[] processes = [.. appliance.Processes().Values];
        Assert.Equal(3, processes.Length);
        Assert.Equal(0, appliance.Run("down").ExitCode);
        Assert.DoesNotContain(processes, IsAlive);
        Assert.Equal(1, appliance.Run("status").ExitCode);
    }

    [Fact]
    public void Down_cleans_up_after_a_supervisor_that_was_killed()
    {
        using RunningAppliance appliance = RunningAppliance.Start();
        int[] processes = [.. appliance.Processes().Values];
        // By cat, because .NET would take the lock that the supervisor holds on this file.
        string supervisor = ApplianceCommand.RunProgram("cat", Path.Combine(appliance.Data, "up.lock"))
            .LastLine;
        ApplianceCommand.RunProgram("kill", "-KILL", supervisor);

        Assert.Equal(0, appliance.Run("down").ExitCode);
        Assert.DoesNotContain(processes, IsAlive);
        Assert.Equal(0, appliance.Run("up", "--detach", "--port", "0").ExitCode);
    }

    [Fact]
    public void A_process_that_dies_is_started_again()
    {
        using RunningAppliance appliance = RunningAppliance.Start();
        int before = appliance.Processes()["web-ui"];
        ApplianceCommand.RunProgram("kill", "-KILL", $"{before}");
        WaitUntil(() => appliance.Run("status").ExitCode == 0 && appliance.Processes()["web-ui"] != before);
    }

    [Fact]
    public async Task Ctrl_C_ends_everything_and_leaves_nothing_behind()
    {
        string data = Directory.CreateTempSubdirectory("appliance-").FullName;
        // env resets what a program in the background inherits: SIGINT ignored.
        using Process up = ApplianceCommand.Start(
            "env", "--default-signal=INT", ApplianceCommand.Path, "up", "--port", "0", "--data", data);
        Task<string> errors = up.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string? line = await up.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("Open https://localhost:", line, StringComparison.Ordinal);
        int[] children = ChildrenOf(up.Id);
        Assert.Equal(3, children.Length);

        ApplianceCommand.RunProgram("kill", "-INT", $"{up.Id}");
        Assert.True(up.WaitForExit(EndsWithin), "up did not end after Ctrl-C.");
        Assert.Equal(0, up.ExitCode);
        Assert.Contains("Stopping.", await errors, StringComparison.Ordinal);
        Assert.DoesNotContain(children, IsAlive);
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public void A_busy_port_is_named_with_who_holds_it_and_with_the_remedy()
    {
        using Socket holder = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        holder.Listen();
        int port = ((IPEndPoint)holder.LocalEndPoint!).Port;
        string data = Directory.CreateTempSubdirectory("appliance-").FullName;

        Outcome outcome = ApplianceCommand.Run("up", "--port", $"{port}", "--data", data);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains($"Port {port} is in use by ", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains($"(process {Environment.ProcessId})", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("--port", outcome.Errors, StringComparison.Ordinal);
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public void An_ordinary_user_may_run_the_demo()
    {
        // A mount of our own: the checkout may lie where that user may not look.
        string place = Directory.CreateTempSubdirectory("ordinary-").FullName;
        string script = $$"""
            set -eu
            mkdir {{place}}/checkout {{place}}/data
            mount --bind {{RepositoryTree.Root}} {{place}}/checkout
            chown 65534:65534 {{place}} {{place}}/data
            run() {
              setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all \
                env HOME={{place}} XDG_RUNTIME_DIR= {{place}}/checkout/installer/appliance "$@" \
                --data {{place}}/data
            }
            run up --detach --port 0
            run status
            run down
            """;
        // The programs must be built; nobody may not write into the checkout.
        using (RunningAppliance.Start())
        {
        }
        Outcome outcome = ApplianceCommand.RunProgram("unshare", "--mount", "bash", "-c", script);
        Assert.True(outcome.ExitCode == 0, outcome.Printed + outcome.Errors);
        Assert.Contains("Ready at https://localhost:", outcome.Printed, StringComparison.Ordinal);
        Directory.Delete(place, recursive: true);
    }

    private static string StatusOf(int port, string key, string path) =>
        ApplianceCommand.RunProgram(
            "curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", "-H", $"Authorization: Bearer {key}",
            $"https://localhost:{port}{path}").Printed;

    private static bool IsAlive(int process)
    {
        string stat = $"/proc/{process}/stat";
        return File.Exists(stat) && !File.ReadAllText(stat).Contains(") Z ", StringComparison.Ordinal);
    }

    private static int[] ChildrenOf(int process) =>
    [
        .. File.ReadAllText($"/proc/{process}/task/{process}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(id => int.Parse(id, System.Globalization.CultureInfo.InvariantCulture)),
    ];

    /// <summary>Until it is so; the command's own waiting paces the attempts.</summary>
    private static void WaitUntil(Func<bool> isSo)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.True(watch.Elapsed < EndsWithin, $"It was not so within {EndsWithin}.");
        }
    }
}
