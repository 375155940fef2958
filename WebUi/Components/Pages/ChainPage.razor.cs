using ControlApi.Contract.Security;
using Dataplane.Contract.Configuration;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using WebUi.Client;
using WebUi.Components.Controls;
using WebUi.Stores;

namespace WebUi.Components.Pages;

/// <summary>One chain: its picture with live rates, and every change to it up to applying.</summary>
public sealed partial class ChainPage(
    ChainDraft draft, CatalogStore catalog, ConfigurationStore configuration, RateStore rates,
    AuthenticationStateProvider authentication) : LiveComponent
{
    private string? _selected;
    private string _said = "";
    private string _fault = "";
    private bool _mayWrite;
    private bool _loaded;

    [Parameter]
    public string Id { get; set; } = "";

    private string Tag => draft.BaseTag.Trim('"');

    private NfDefinition? SelectedNf =>
        _selected is not null && ChainEdits.Find(draft.Chain!, _selected) is { } place
            ? ChainEdits.At(draft.Chain!, place)
            : null;

    private string SelectedPath =>
        _selected is not null && ChainEdits.Find(draft.Chain!, _selected) is { } place
            ? draft.PathOf(place)
            : "";

    protected override void OnInitialized()
    {
        Watch(draft, catalog, rates);
        configuration.Changed += ActiveChanged;
    }

    protected override async Task OnParametersSetAsync()
    {
        try
        {
            _mayWrite = AccessToken.Allows(
                (await authentication.GetAuthenticationStateAsync()).User, Scopes.WriteConfig);
            await Task.WhenAll(catalog.LoadAsync(Gone), configuration.LoadAsync(Gone));
            _loaded = true;
            OpenActive();
        }
        catch (ApiException fault)
        {
            _fault = fault.Message;
        }
    }

    protected override void Dispose(bool disposing)
    {
        configuration.Changed -= ActiveChanged;
        base.Dispose(disposing);
    }

    private void ActiveChanged() => _ = InvokeAsync(OpenActive);

    private void OpenActive()
    {
        if (configuration.Document is { } document)
        {
            draft.Open(Id, document, configuration.ETag);
        }
    }

    private void Select(string nf) => _selected = nf.Length == 0 ? null : nf;

    private void Add(NfPalette.Choice choice)
    {
        NfDefinition nf = ChainEdits.Create(draft.Document, choice.Kind);
        Edit(ChainEdits.Add(draft.Chain!, nf, choice.Stage), $"{nf.Name} added to stage {choice.Stage + 1}.");
        _selected = nf.Name;
    }

    private void Remove(string nf)
    {
        Edit(ChainEdits.Remove(draft.Chain!, nf), $"{nf} removed. Undo brings it back.");
        _selected = null;
    }

    private void Replace(NfDefinition nf)
    {
        draft.Change(ChainEdits.Replace(draft.Chain!, _selected!, nf));
        _selected = nf.Name;
    }

    private void Move(ChainMove move) =>
        Edit(ChainEdits.Step(draft.Chain!, move.Nf, move.Direction), $"{move.Nf} moved {move.Direction}.");

    private void Drop(ChainDrop drop)
    {
        ChainDefinition moved = drop.IsNewStage
            ? ChainEdits.MoveToNewStage(draft.Chain!, drop.Nf, drop.Stage)
            : ChainEdits.Move(draft.Chain!, drop.Nf, new ChainEdits.Place(drop.Stage, drop.Index));
        Edit(moved, $"{drop.Nf} moved to stage {drop.Stage + 1}.");
    }

    private void Edit(ChainDefinition changed, string words)
    {
        if (_mayWrite && !ReferenceEquals(changed, draft.Chain))
        {
            draft.Change(changed);
            _said = words;
        }
    }

    private void Discard() => draft.Discard(configuration.Document!, configuration.ETag);

    private async Task DiscardAsync()
    {
        await configuration.RefreshAsync(Gone);
        Discard();
    }

    private async Task CheckAsync()
    {
        _fault = "";
        try
        {
            await draft.CheckAsync(Gone);
        }
        catch (ApiException fault)
        {
            _fault = fault.Message;
        }
    }

    private async Task ApplyAsync(string note)
    {
        _fault = "";
        try
        {
            await draft.ApplyAsync(note, Gone);
            await configuration.RefreshAsync(Gone);
        }
        catch (ApiException fault)
        {
            _fault = fault.Message;
        }
    }
}
