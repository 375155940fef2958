using Microsoft.AspNetCore.Components;

namespace WebUi.Components.Controls;

/// <summary>
/// A plain keyed table for rows that arrive all day: an insert sends one row to the browser, not the table.
/// Rows that arrived after the first showing are marked for a moment. j and k move between the rows' links.
/// </summary>
public sealed partial class LiveTable<TItem>
{
    private readonly HashSet<object> _settled = [];
    private bool _shown;

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>Rows, newest first.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<TItem> Items { get; set; } = [];

    [Parameter, EditorRequired]
    public Func<TItem, object> Key { get; set; } = item => item!;

    [Parameter, EditorRequired]
    public RenderFragment Header { get; set; } = default!;

    [Parameter, EditorRequired]
    public RenderFragment<TItem> Row { get; set; } = default!;

    /// <summary>What to say when there is no row.</summary>
    [Parameter]
    public string Empty { get; set; } = "Nothing yet.";

    /// <summary>While true the rows stand still, so each has its number for screen readers.</summary>
    [Parameter]
    public bool Paused { get; set; }

    /// <summary>Whether the frame scrolls sideways and so must take the focus.</summary>
    [Parameter]
    public bool Scrollable { get; set; } = true;

    /// <summary>
    /// While true, new rows are not marked: for lists whose rows come and go with their order.
    /// </summary>
    [Parameter]
    public bool IsQuiet { get; set; }

    protected override void OnParametersSet()
    {
        if (!_shown && Items.Count > 0)
        {
            _shown = true;
            _settled.UnionWith(Items.Select(Key));
        }
    }

    private bool IsFresh(TItem item) => !IsQuiet && !_settled.Contains(Key(item));
}
