using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Repo.Tests;

/// <summary>Who may know whom: folders of the dataplane in packet order, and projects.</summary>
public sealed partial class LayerTests
{
    /// <summary>A folder may use those before it, never those after it.</summary>
    private static readonly string[] FolderOrder =
    [
        "Native", "Time", "Counters", "Packets", "Ports", "Flows", "Events", "Stacks", "Chains", "Inspection",
        "NetworkFunctions", "Engine", "Notices", "Offline", "Control",
    ];

    private static readonly string[] NetworkFunctionsMayUse =
        ["NetworkFunctions", "Packets", "Flows", "Events", "Chains", "Inspection"];

    private static readonly Dictionary<string, string[]> MayReference = new()
    {
        ["Dataplane.Native"] = [],
        ["Dataplane.Contract"] = [],
        ["Dataplane"] = ["Dataplane.Native", "Dataplane.Contract"],
        ["Persistence"] = [],
        ["ControlApi.Contract"] = ["Dataplane.Contract"],
        ["ControlApi"] = ["ControlApi.Contract", "Dataplane.Contract", "Persistence"],
        ["WebUi"] = ["ControlApi.Contract"],
    };

    [Fact]
    public void A_folder_of_the_dataplane_uses_only_folders_that_packets_meet_before_it() =>
        SourceTree.MustBeEmpty(
            from use in DataplaneUses()
            where Array.IndexOf(FolderOrder, use.Used) > Array.IndexOf(FolderOrder, use.Folder)
            select use.File.At(use.Line, $"{use.Folder} lies above {use.Used} and may not use it"));

    [Fact]
    public void Network_functions_use_only_packets_flows_events_chains_and_inspection() =>
        SourceTree.MustBeEmpty(
            from use in DataplaneUses()
            where use.Folder == "NetworkFunctions" && !NetworkFunctionsMayUse.Contains(use.Used)
            select use.File.At(use.Line, $"a network function may not use {use.Used}"));

    [Fact]
    public void Every_folder_of_the_dataplane_has_a_place_in_the_order() =>
        SourceTree.MustBeEmpty(
            SourceTree.CSharp.Where(file => file.IsIn("Dataplane") && file.Path.Count(c => c == '/') > 1)
                .Select(file => file.Path.Split('/')[1]).Distinct()
                .Where(folder => folder != "Contract" && !FolderOrder.Contains(folder)));

    [Fact]
    public void A_project_references_only_contracts_and_what_stands_below_it()
    {
        List<string> violations = [];
        foreach (SourceFile project in SourceTree.Texts.Where(f => f.IsProduct && f.Path.EndsWith(".csproj")))
        {
            string name = Path.GetFileNameWithoutExtension(project.Path);
            Assert.True(MayReference.ContainsKey(name),
                $"{project.Path} has no place in the order of projects.");
            violations.AddRange(
                XDocument.Parse(string.Join('\n', project.Lines)).Descendants("ProjectReference")
                    .Select(reference =>
                    Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))
                    .Where(used => !MayReference[name].Contains(used))
                    .Select(used => $"{project.Path}: may not reference {used}"));
        }
        SourceTree.MustBeEmpty(violations);
    }

    [Fact]
    public void Package_versions_stand_in_one_file() =>
        SourceTree.MustBeEmpty(
            from project in SourceTree.Texts.Where(
            file => file.Path.EndsWith(".csproj", StringComparison.Ordinal))
            from line in project.Lines.Index()
            where line.Item.Contains("<PackageReference", StringComparison.Ordinal)
                && line.Item.Contains("Version", StringComparison.Ordinal)
            select project.At(line.Index, "versions stand in Directory.Packages.props"));

    [Fact]
    public void Nobody_configures_package_sources() =>
        Assert.DoesNotContain(
            SourceTree.Paths, p =>
            Path.GetFileName(p).Equals("nuget.config", StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<(SourceFile File, int Line, string Folder, string Used)> DataplaneUses() =>
        from file in SourceTree.CSharp
        where file.IsIn("Dataplane") && !file.IsIn("Dataplane/Contract") && file.Path.Count(c => c == '/') > 1
        from line in file.Lines.Index()
        let match = UsingLine().Match(line.Item)
        where match.Success && FolderOrder.Contains(match.Groups[1].Value)
        select (file, line.Index, file.Path.Split('/')[1], match.Groups[1].Value);

    [GeneratedRegex(@"^\s*(?:global )?using (?:static )?(?:\w+ = )?Dataplane\.(\w+)")]
    private static partial Regex UsingLine();
}
