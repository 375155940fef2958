namespace Testing;

/// <summary>
/// What a finished program left: its exit status and what it printed, errors behind the rest.
/// </summary>
public sealed record CommandResult(int ExitCode, string Output);
