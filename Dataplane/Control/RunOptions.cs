namespace Dataplane.Control;

/// <summary>The words behind <c>Dataplane run</c>.</summary>
public sealed record RunOptions
{
    public const string Usage = """
        usage: Dataplane run --data DIR --run DIR

        Runs the dataplane until it is stopped. It gets its configuration over RUN/dataplane.sock.

          --data DIR   the data folder: notices are spooled to DIR/spool, logs are written to DIR/logs
          --run DIR    the folder of sockets and counters
        """;

    public required string DataFolder { get; init; }

    public required string RunFolder { get; init; }

    /// <summary>Reads the words, or says in a sentence what is wrong with them.</summary>
    public static bool TryParse(IReadOnlyList<string> words, out RunOptions? options, out string fault)
    {
        options = null;
        fault = "";
        string? data = null;
        string? run = null;
        for (int i = 0; i < words.Count; i += 2)
        {
            string? value = i + 1 < words.Count ? words[i + 1] : null;
            if (value is null || words[i] is not ("--data" or "--run"))
            {
                fault = value is null
                    ? $"{words[i]} needs a folder behind it; see Dataplane run --help."
                    : $"run does not know '{words[i]}'; see Dataplane run --help.";
                return false;
            }
            (data, run) = words[i] == "--data" ? (value, run) : (data, value);
        }
        if (data is null || run is null)
        {
            fault = "run needs --data DIR and --run DIR; see Dataplane run --help.";
            return false;
        }
        options = new RunOptions { DataFolder = Path.GetFullPath(data), RunFolder = Path.GetFullPath(run) };
        return true;
    }
}
