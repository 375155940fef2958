using ControlApi.Contract.Configuration;
using Microsoft.AspNetCore.Components;
using WebUi.Stores;

namespace WebUi.Components.Controls;

/// <summary>The note and the button that apply a draft, then what became of it, next to the button.</summary>
public sealed partial class ApplyBar
{
    private const int RulesMax = 50;

    private string _note = "";

    [Parameter, EditorRequired]
    public ChainDraft Draft { get; set; } = default!;

    [Parameter]
    public bool MayWrite { get; set; }

    /// <summary>Why the last request failed as a whole.</summary>
    [Parameter]
    public string Fault { get; set; } = "";

    /// <summary>Asks for the draft's faults without applying it.</summary>
    [Parameter, EditorRequired]
    public EventCallback OnCheck { get; set; }

    /// <summary>Gets the note.</summary>
    [Parameter, EditorRequired]
    public EventCallback<string> OnApply { get; set; }

    private async Task SubmitAsync()
    {
        await OnApply.InvokeAsync(_note.Trim());
        if (Draft.Outcome?.State == OperationState.Active)
        {
            _note = "";
        }
    }

    private static string Words(Operation operation) => operation.State switch
    {
        OperationState.Active => $"Active as r{operation.Revision}.",
        OperationState.RolledBack => "Rolled back.",
        OperationState.Unconfirmed => "Active, waiting for a confirmation.",
        OperationState.Failed => "Failed. The old revision is still active.",
        _ => "Applying…",
    };
}
