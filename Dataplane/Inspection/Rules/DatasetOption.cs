namespace Dataplane.Inspection.Rules;

/// <summary>`dataset` and `datarep`: looks the whole buffer up in a named set.</summary>
public sealed class DatasetOption(
    string name, DatasetKind kind, DatasetCommand command, string? file, bool mustExist,
    NumberTest reputation)
    : PayloadOption
{
    public string Name { get; } = name;

    public DatasetKind Kind { get; } = kind;

    public DatasetCommand Command { get; } = command;

    /// <summary>File with the first members, as the rule names it; null: none.</summary>
    public string? File { get; } = file;

    /// <summary>False for a file that may be missing (`state`).</summary>
    public bool MustExist { get; } = mustExist;

    /// <summary>What a member's reputation must be; only for
    /// <see cref="DatasetCommand.Reputation"/>.</summary>
    public NumberTest Reputation { get; } = reputation;
}
