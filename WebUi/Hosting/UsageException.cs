namespace WebUi.Hosting;

/// <summary>The command line is wrong; the message is one sentence for the operator.</summary>
public sealed class UsageException(string message) : Exception(message);
