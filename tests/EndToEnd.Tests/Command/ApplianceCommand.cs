using System.Diagnostics;

namespace EndToEnd.Tests.Command;

/// <summary>Runs <c>installer/appliance</c> as a person at a terminal would.</summary>
internal static class ApplianceCommand
{
    /// <summary>Long, because the first run may build.</summary>
    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(10);

    public static string Path { get; } = RepositoryTree.At("installer", "appliance");

    public static Outcome Run(params string[] arguments) => RunProgram(Path, arguments);

    /// <summary>Any program, with what it printed; killed with its children when it does not end.</summary>
    public static Outcome RunProgram(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> printed = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(RunMax))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end in {RunMax}.");
        }
        return new Outcome(process.ExitCode, printed.GetAwaiter().GetResult(),
            errors.GetAwaiter().GetResult());
    }

    public static Process Start(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = RepositoryTree.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}
