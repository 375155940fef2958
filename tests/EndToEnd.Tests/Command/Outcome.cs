namespace EndToEnd.Tests.Command;

/// <summary>What one run of the command left behind.</summary>
internal sealed record Outcome(int ExitCode, string Printed, string Errors)
{
    public string LastLine => Printed.TrimEnd().Split('\n')[^1];
}
