using System.Globalization;

namespace Dataplane.Control;

/// <summary>Looks at the start whether the process was started as it should be,
/// and says what is not.</summary>
public static class ProcessChecks
{
    /// <summary>With a smaller budget collections come under traffic, and each stops every worker.</summary>
    private const long Gen0BytesMin = 0x1000_0000;

    private const string Gen0Variable = "DOTNET_GCgen0size";

    /// <summary>Sentences for people, each with its remedy; none when all is well.</summary>
    public static IEnumerable<string> Run()
    {
        string budget = Environment.GetEnvironmentVariable(Gen0Variable) ?? "";
        string digits = budget.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? budget[2..] : budget;
        bool isSet =
            long.TryParse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long bytes);
        if (!isSet || bytes < Gen0BytesMin)
        {
            yield return $"{Gen0Variable} is {(budget.Length == 0 ? "not set" : budget)}, so garbage "
                + $"collections may "
                + $"interrupt traffic; start with {Gen0Variable}=0x{Gen0BytesMin:x} in the environment.";
        }
        if (System.Runtime.GCSettings.IsServerGC)
        {
            yield return "Server garbage collection is on, which needs cores that belong to traffic; "
                + "remove DOTNET_gcServer from the environment.";
        }
    }
}
