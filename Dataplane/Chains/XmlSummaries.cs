using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Dataplane.Chains;

/// <summary>The summaries that the compiler puts beside an assembly: one place for what a type is.</summary>
internal sealed partial class XmlSummaries
{
    private readonly Dictionary<Assembly, Dictionary<string, string>> _byAssembly = [];

    /// <summary>The summary of a type as plain text; empty when there is none.</summary>
    public string Of(Type type)
    {
        if (!_byAssembly.TryGetValue(type.Assembly, out Dictionary<string, string>? summaries))
        {
            summaries = Read(Path.ChangeExtension(type.Assembly.Location, ".xml"));
            _byAssembly[type.Assembly] = summaries;
        }

        string name = "T:" + type.FullName?.Replace('+', '.');
        return summaries.TryGetValue(name, out string? summary) ? summary : "";
    }

    private static Dictionary<string, string> Read(string path)
    {
        try
        {
            return XDocument.Load(path).Descendants("member")
                .Where(member => member.Element("summary") is not null)
                .GroupBy(member => (string?)member.Attribute("name") ?? "", StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => Text(group.First().Element("summary")!));
        }
        catch (Exception error) when (error is IOException or XmlException or ArgumentException)
        {
            return []; // the catalogue is complete without summaries
        }
    }

    private static string Text(XElement summary)
    {
        string text = string.Concat(summary.Nodes().Select(node => node switch
        {
            XText words => words.Value,
            XElement { Name.LocalName: "see" } see =>
                ((string?)see.Attribute("cref") ?? (string?)see.Attribute("langword") ?? "")
                .Split('.', ':')[^1],
            XElement element => element.Value,
            _ => "",
        }));
        return Blanks().Replace(text, " ").Trim();
    }

    [GeneratedRegex("\\s+")]
    private static partial Regex Blanks();
}
