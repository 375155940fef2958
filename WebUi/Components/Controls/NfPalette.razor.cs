using Dataplane.Contract.Catalog;
using Microsoft.AspNetCore.Components;

namespace WebUi.Components.Controls;

/// <summary>The NF kinds that this appliance has, each with a button that adds one.</summary>
public sealed partial class NfPalette
{
    private int _stage;

    /// <summary>A kind, and the stage to add it to; the number of stages means a new one.</summary>
    public sealed record Choice(string Kind, int Stage);

    [Parameter, EditorRequired]
    public IEnumerable<NfKind> Kinds { get; set; } = [];

    [Parameter, EditorRequired]
    public int Stages { get; set; }

    [Parameter]
    public bool Disabled { get; set; }

    [Parameter, EditorRequired]
    public EventCallback<Choice> OnAdd { get; set; }

    protected override void OnParametersSet() => _stage = Math.Min(_stage, Stages);

    private Task AddAsync(string kind) => OnAdd.InvokeAsync(new Choice(kind, _stage));
}
