using System.Globalization;
using Dataplane.Control;
using Dataplane.Engine;
using Dataplane.Native.Memory;
using Dataplane.Offline;
using Dataplane.Ports;

namespace Dataplane;

/// <summary>Entry point of the dataplane process.</summary>
public static class Program
{
    private const string Usage =
        """
        usage: Dataplane run --data DIR --run DIR
               Dataplane analyze CAPTURE --out DIR [--help]
        """;

    /// <summary>Where the command finds the bundled captures;
    /// set by installer/appliance and the unit file.</summary>
    private const string DemoVariable = "APPLIANCE_DEMO";

    public static int Main(string[] args)
    {
        switch (args)
        {
            case ["analyze", .. string[] words]:
                PageTouch.AtStart = false;
                return AnalyzeRun.Execute(words, Console.Error);
            case ["run", .. string[] words]:
                return RunCommand.Execute(words, Console.Error, MakeEngine);
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    private static Engine.Engine MakeEngine(IEngineSinks sinks)
    {
        var options = new PortFactory.Options
        {
            FilePrefix = string.Create(CultureInfo.InvariantCulture, $"appliance-{Environment.ProcessId}"),
            DemoFolder = Environment.GetEnvironmentVariable(DemoVariable) ?? "installer/demo",
        };
        return new Engine.Engine(sinks, new PortFactory(options));
    }
}
