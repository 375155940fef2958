namespace ControlApi;

/// <summary>Reads --name value pairs.</summary>
public static class CommandLine
{
    /// <summary>Values by name, or null and one sentence about what is wrong.</summary>
    public static Dictionary<string, List<string>>? Read(
        IReadOnlyList<string> arguments, IReadOnlyList<string> known, out string? error)
    {
        var values = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        for (int i = 0; i < arguments.Count; i += 2)
        {
            string name = arguments[i];
            if (!known.Contains(name))
            {
                error = $"There is no option {name}; use {string.Join(", ", known)}.";
                return null;
            }
            if (i + 1 == arguments.Count)
            {
                error = $"{name} needs a value.";
                return null;
            }
            if (!values.TryGetValue(name, out List<string>? list))
            {
                values[name] = list = [];
            }
            list.Add(arguments[i + 1]);
        }
        error = null;
        return values;
    }
}
