namespace Testing;

/// <summary>Captures with other engines' answers, kept outside the repository: `shared/data` beside it, or
/// the folder that APPLIANCE_ACCEPTANCE_DATA names.</summary>
public static class AcceptanceData
{
    private const string Variable = "APPLIANCE_ACCEPTANCE_DATA";

    /// <summary>The folder of one set, such as `suricata`, or null where this machine has none.</summary>
    public static string? Find(string set)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return Existing(Path.Combine(named, set));
        }
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (Existing(Path.Combine(at.FullName, "shared", "data", set)) is { } found)
            {
                return found;
            }
        }
        return null;
    }

    private static string? Existing(string folder) =>
        File.Exists(Path.Combine(folder, "index.json")) ? folder : null;
}
