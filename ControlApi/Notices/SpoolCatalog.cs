using System.Text.Json;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;

namespace ControlApi.Notices;

/// <summary>A catalogue indexed for rendering: event types by number and by every name they have.</summary>
public sealed class SpoolCatalog
{
    private readonly Dictionary<int, EventType> _byNumber;
    private readonly Dictionary<string, string> _pathByName = new(StringComparer.OrdinalIgnoreCase);

    public SpoolCatalog(ApplianceCatalog catalog)
    {
        Catalog = catalog;
        _byNumber = catalog.EventTypes.ToDictionary(t => t.Number);
        foreach (EventType type in catalog.EventTypes)
        {
            _pathByName[type.Path] = type.Path;
            foreach (string alias in type.Aliases)
            {
                _pathByName[alias] = type.Path;
            }
        }
    }

    public static SpoolCatalog Empty { get; } = new(new ApplianceCatalog { Version = "" });

    public ApplianceCatalog Catalog { get; }

    public static SpoolCatalog? Read(string file)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            ApplianceCatalog? catalog = JsonSerializer.Deserialize(
                stream, ConfigurationJson.Default.ApplianceCatalog);
            return catalog is null ? null : new SpoolCatalog(catalog);
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            return null; // the record is stored with its number instead of its name
        }
    }

    public EventType? Find(int number) => _byNumber.GetValueOrDefault(number);

    /// <summary>The printed path of a type named by path or alias; unknown names stay as they are.</summary>
    public string PathOf(string name) => _pathByName.GetValueOrDefault(name, name);

    /// <summary>Whether notices of this type belong in the inbox.</summary>
    public bool IsAlert(EventType? type, string path)
        => NoticeTypes.IsAtOrBelow(path, NoticeTypes.IdsAlert) || type?.Notice?.Alert == true;

    /// <summary>Paths of all types whose notices are alerts.</summary>
    public IReadOnlyList<string> AlertTypes() => [NoticeTypes.IdsAlert, .. Catalog.EventTypes
        .Where(t => t.Notice?.Alert == true && !NoticeTypes.IsAtOrBelow(t.Path, NoticeTypes.IdsAlert))
        .Select(t => t.Path)];
}
