using ControlApi.Contract.Status;
using WebUi.Client;
using WebUi.Components.Controls;
using WebUi.Stores;

namespace WebUi.Components.Pages;

/// <summary>Versions, health checks with their remedies, and the keys of the keyboard.</summary>
public sealed partial class About(ApiClient api, StateStore state, ReaderClock clock) : LiveComponent
{
    private HealthReport? _health;
    private string _fault = "";

    protected override async Task OnInitializedAsync()
    {
        Watch(state, clock);
        try
        {
            await state.RefreshAsync(Gone);
            _health = await api.GetHealthAsync(Gone);
        }
        catch (ApiException fault)
        {
            _fault = fault.Message;
        }
    }

    private static string Word(HealthState health) => health switch
    {
        HealthState.Good => "✓ good",
        HealthState.Degraded => "! look",
        _ => "✗ bad",
    };
}
