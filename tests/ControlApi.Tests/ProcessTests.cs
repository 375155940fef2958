using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ControlApi.Security;
using ControlApi.Tests.Harness;
using Persistence;

namespace ControlApi.Tests;

public sealed class ProcessTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_document_with_faults_ends_the_start_and_names_each_of_them()
    {
        string file = Path.Combine(_folder.Path, "bad.json");
        await File.WriteAllTextAsync(file,
            """{"ports":[{"id":"a","device":"x"}],"chains":[{"id":"c","ports":["b"],"stages":[]}]}""",
            TestContext.Current.CancellationToken);

        (int status, string errors) = await RunAsync("--config", file);

        Assert.Equal(1, status);
        Assert.Equal(
            ["/ports/0/device", "/chains/0/ports/0"],
            errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(':')[0]));
    }

    [Fact]
    public async Task A_document_that_is_not_there_is_one_sentence()
    {
        (int status, string errors) = await RunAsync("--config", "/nowhere/x.json");

        Assert.Equal(1, status);
        Assert.StartsWith("/nowhere/x.json cannot be read", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_is_one_sentence_with_the_remedy()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;

        (int status, string errors) = await RunAsync("--port", port.ToString(CultureInfo.InvariantCulture));

        Assert.Equal(1, status);
        Assert.Equal(
            $"Port {port} on 127.0.0.1 is taken; use another --port, or stop who listens there.\n", errors);
    }

    [Fact]
    public async Task A_data_folder_in_use_is_one_sentence()
    {
        using DataLock? held = DataLock.TryTake(_folder.Data);

        (int status, string errors) = await RunAsync();

        Assert.Equal(1, status);
        Assert.Contains($"Another ControlApi uses {_folder.Data}", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--data", "d")]
    [InlineData("--data", "d", "--run", "r", "--port", "many")]
    [InlineData("--data", "d", "--run", "r", "--colour", "red")]
    [InlineData("--data", "d", "--run")]
    public void Wrong_options_are_one_sentence(params string[] arguments)
    {
        Assert.Null(ControlApiOptions.Parse(arguments, out string? error));
        Assert.EndsWith(".", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("key-create", "--name", "x", "--scope", "fly")]
    [InlineData("key-create", "--name", "x")]
    [InlineData("fly")]
    public async Task A_wrong_admin_command_is_usage_and_prints_no_key(params string[] words)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();

        int status = await AdminCommand.RunAsync(
            [words[0], "--data", _folder.Data, .. words[1..]], output, errors,
            TestContext.Current.CancellationToken);

        Assert.Equal(2, status);
        Assert.Empty(output.ToString());
        Assert.NotEmpty(errors.ToString());
    }

    private async Task<(int Status, string Errors)> RunAsync(params string[] more)
    {
        string[] port = more.Contains("--port") ? [] : ["--port", "0"];
        ControlApiOptions options = ControlApiOptions.Parse(
            ["--data", _folder.Data, "--run", _folder.Run, .. more, .. port], out _)!;
        using var errors = new StringWriter();
        return (await ControlApiProcess.RunAsync(options, errors), errors.ToString());
    }
}
