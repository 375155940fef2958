using Microsoft.AspNetCore.Components;

namespace WebUi.Components.Controls;

/// <summary>A severity as colour, word and shape, so that colour never stands alone.</summary>
public sealed partial class SeverityBadge
{
    /// <summary>1 high, 2 medium, 3 low, 4 for information.</summary>
    [Parameter, EditorRequired]
    public int Severity { get; set; }

    private int Level => Math.Clamp(Severity, 1, 4);

    private string Word => Level switch
    {
        1 => "high",
        2 => "medium",
        3 => "low",
        _ => "info",
    };

    private string Mark => Level switch
    {
        1 => "▲",
        2 => "◆",
        3 => "●",
        _ => "○",
    };
}
