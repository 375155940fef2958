using ControlApi.Contract.Status;
using WebUi.Components.Controls;
using WebUi.Stores;

namespace WebUi.Components.Layout;

/// <summary>Whether this page hears the appliance, and how the appliance is, in words.</summary>
public sealed partial class ConnectionPill(StateStore state, ReaderClock clock) : LiveComponent
{
    private string Words => state switch
    {
        { AwaySince: not null } => "ControlApi away",
        { State: null } => "Connecting",
        { State.DataplaneConnected: false } => "Dataplane away",
        { State.Health: HealthState.Good } => "Live",
        { State.Health: HealthState.Degraded } => "Live, look at it",
        _ => "Not working",
    };

    private string Look => state switch
    {
        { AwaySince: not null } or { State.DataplaneConnected: false } => "warn",
        { State: null } => "wait",
        { State.Health: HealthState.Good } => "good",
        { State.Health: HealthState.Degraded } => "warn",
        _ => "bad",
    };

    private string Title => state.AwaySince is { } since
        ? $"No word from ControlApi since {clock.Short(since)}. Traffic goes on."
        : state.State?.Sentence ?? "";

    protected override void OnInitialized() => Watch(state, clock);
}
