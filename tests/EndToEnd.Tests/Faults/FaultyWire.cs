using System.Diagnostics;
using System.Text.Json;
using Testing;

namespace EndToEnd.Tests.Faults;

/// <summary>A wire with an appliance in it whose NFs misbehave when they are told to by a datagram to a port
/// of theirs, and what the appliance says of it.</summary>
internal sealed class FaultyWire : IDisposable
{
    /// <summary>Long: a busy machine starts processes slowly; a sound one needs a few seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Adds the NFs to the dataplane's catalogue.</summary>
    public static readonly string[] Environment =
        [$"DOTNET_STARTUP_HOOKS={Path.Combine(AppContext.BaseDirectory, "FaultyFunctions.dll")}"];

    private readonly string _folder = Directory.CreateTempSubdirectory("faults-").FullName;

    /// <summary>A wire whose appliance is to run these NFs, each one JSON object.</summary>
    public FaultyWire(params string[] nfs)
    {
        Namespaces = Namespaces.Create();
        (string wan, string lan) = Namespaces.BringPortsHome();
        Configuration = Path.Combine(_folder, "faulty.json");
        File.WriteAllText(Configuration, $$$"""
            {"version":1,
             "ports":[{"id":"wan","device":"af_packet:{{{wan}}}"},
                      {"id":"lan","device":"af_packet:{{{lan}}}"}],
             "chains":[{"id":"edge","ports":["wan","lan"],"stages":[
               {"nfs":[{{{string.Join(",", nfs)}}},{"name":"stats","kind":"flow-stats"}]}]}],
             "limits":{"flows":4096,"reassemblyBytes":16777216}}
            """);
    }

    public Namespaces Namespaces { get; }

    /// <summary>Path of the configuration document.</summary>
    public string Configuration { get; }

    /// <summary>An NF that misbehaves in one way at datagrams to one port.</summary>
    public static string Nf(string name, string how, int port, string placement = "inline") =>
        $$$"""
        {"name":"{{{name}}}","kind":"faulty","placement":"{{{placement}}}",
         "options":{"how":"{{{how}}}","port":{{{port}}}}}
        """;

    /// <summary>Waits until so many notices of a type are stored, and answers them, oldest first.</summary>
    public static async Task<IReadOnlyList<JsonElement>> NoticesAsync(
        HttpClient client, string type, int count)
    {
        Stopwatch watch = Stopwatch.StartNew();
        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(100));
        string query = $"api/v1/alerts?limit=100&filter={Uri.EscapeDataString($"type = {type}")}";
        while (await pace.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            using HttpResponseMessage response =
                await client.GetAsync(query, TestContext.Current.CancellationToken);
            string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            JsonElement[] found = response.IsSuccessStatusCode
                ? [.. JsonDocument.Parse(text).RootElement.GetProperty("items").EnumerateArray().Reverse()]
                : [];
            if (found.Length >= count)
            {
                return found;
            }

            Assert.True(watch.Elapsed < Patience, $"{found.Length} of {count} {type} in {Patience}: {text}");
        }

        return [];
    }

    public void Dispose()
    {
        Namespaces.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
