using Microsoft.AspNetCore.Components;
using WebUi.Stores;

namespace WebUi.Components.Controls;

/// <summary>A time in the reader's zone; RFC 3339 UTC in its title.</summary>
public sealed partial class TimeText(ReaderClock clock)
{
    [Parameter, EditorRequired]
    public DateTimeOffset At { get; set; }
}
