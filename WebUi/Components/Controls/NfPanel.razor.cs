using System.Text.Json;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using WebUi.Stores;

namespace WebUi.Components.Controls;

/// <summary>Everything that can be set at one NF; each change is handed up as a changed NF.</summary>
public sealed partial class NfPanel
{
    private static readonly IReadOnlyList<(ChainDirection Way, string Icon)> Ways =
    [
        (ChainDirection.Left, Icons.Material.Filled.ArrowBack),
        (ChainDirection.Up, Icons.Material.Filled.ArrowUpward),
        (ChainDirection.Down, Icons.Material.Filled.ArrowDownward),
        (ChainDirection.Right, Icons.Material.Filled.ArrowForward),
    ];

    private static readonly JsonElement NoSchema = JsonDocument.Parse("{}").RootElement;

    [Parameter, EditorRequired]
    public NfDefinition Nf { get; set; } = default!;

    /// <summary>The NF's place in the document, as faults name it.</summary>
    [Parameter, EditorRequired]
    public string Path { get; set; } = "";

    [Parameter, EditorRequired]
    public ChainDraft Draft { get; set; } = default!;

    [Parameter, EditorRequired]
    public CatalogStore Catalog { get; set; } = default!;

    [Parameter]
    public bool Disabled { get; set; }

    [Parameter, EditorRequired]
    public EventCallback<NfDefinition> OnChange { get; set; }

    [Parameter, EditorRequired]
    public EventCallback<ChainMove> OnMove { get; set; }

    [Parameter, EditorRequired]
    public EventCallback<string> OnRemove { get; set; }

    [Parameter, EditorRequired]
    public EventCallback OnClose { get; set; }

    private NfKind? Kind => Catalog.Kinds.GetValueOrDefault(Nf.Kind);

    private JsonElement Schema => Kind?.Options ?? NoSchema;

    private string OnFaultText => Nf.OnFault?.ToString() ?? "";

    private Dictionary<string, IReadOnlyList<string>> Choices => new()
    {
        ["ruleSet"] = [.. Draft.Base.RuleSets.Select(set => set.Id)],
    };

    private Task SetOptions(JsonElement? options) => OnChange.InvokeAsync(Nf with { Options = options });

    private Task SetOnFault(ChangeEventArgs change) => OnChange.InvokeAsync(Nf with
    {
        OnFault = Enum.TryParse((string?)change.Value, out OnFault chosen) ? chosen : null,
    });

    private Task SetPlacement(ChangeEventArgs change)
    {
        string text = ((string?)change.Value ?? "").Trim();
        return OnChange.InvokeAsync(Nf with { Placement = text.Length == 0 ? "auto" : text });
    }
}
