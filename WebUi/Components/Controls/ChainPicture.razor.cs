using System.Globalization;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using WebUi.Stores;

namespace WebUi.Components.Controls;

/// <summary>
/// A chain as a picture: stages are columns, the packet path runs along the top, subscriptions hang below
/// their NF with the events per second that cross them.
/// </summary>
public sealed partial class ChainPicture(IJSRuntime js) : IAsyncDisposable
{
    private ElementReference _frame;
    private ChainLayout _layout = default!;
    private IJSObjectReference? _module;
    private IJSObjectReference? _drag;
    private DotNetObjectReference<ChainPicture>? _self;

    [Parameter, EditorRequired]
    public ChainDefinition Chain { get; set; } = default!;

    [Parameter, EditorRequired]
    public IReadOnlyDictionary<string, NfKind> Kinds { get; set; } = default!;

    /// <summary>Events a second by NF and event path; null when unknown.</summary>
    [Parameter]
    public Func<string, string, double?> EventRate { get; set; } = (_, _) => null;

    /// <summary>Packets a second into a port; null when unknown.</summary>
    [Parameter]
    public Func<string, double?> PacketRate { get; set; } = _ => null;

    /// <summary>Subscriptions shown of each NF.</summary>
    [Parameter]
    public int RowsMax { get; set; } = int.MaxValue;

    [Parameter]
    public string? Selected { get; set; }

    /// <summary>Names of NFs with a fault.</summary>
    [Parameter]
    public IReadOnlySet<string> Faulty { get; set; } = new HashSet<string>();

    [Parameter]
    public EventCallback<string> OnSelect { get; set; }

    [Parameter]
    public EventCallback<ChainMove> OnMove { get; set; }

    [Parameter]
    public EventCallback<string> OnRemove { get; set; }

    [Parameter]
    public EventCallback<ChainDrop> OnDrop { get; set; }

    private string ViewBox => $"0 0 {N(_layout.Width)} {N(_layout.Height)}";

    // It shrinks to three quarters before the frame scrolls: below that, words are too small.
    private string Size => $"max-width:{N(_layout.Width)}px;min-width:{N(_layout.Width * 0.75)}px";

    private bool IsMoving => Chain.Ports.Any(port => PacketRate(port) > 0);

    private string RightPortId => Chain.Ports.Count > 1 ? Chain.Ports[1] : "";

    private string RightPortNote => Chain.Ports.Count > 1 ? PortNote(1) : "listening";

    protected override void OnParametersSet() => _layout = ChainLayout.Of(Chain, Kinds, RowsMax);

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && OnDrop.HasDelegate)
        {
            _self = DotNetObjectReference.Create(this);
            _module = await js.InvokeAsync<IJSObjectReference>("import", "./js/chainDrag.js");
            _drag = await _module.InvokeAsync<IJSObjectReference>("watch", _frame, _self);
        }
    }

    /// <summary>The browser dropped an NF on a slot; an index of -1 is a new stage.</summary>
    [JSInvokable]
    public Task Dropped(string nf, int stage, int index) =>
        OnDrop.InvokeAsync(new ChainDrop(nf, stage, index));

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_drag is not null)
            {
                await _drag.InvokeVoidAsync("dispose");
                await _drag.DisposeAsync();
            }
            if (_module is not null)
            {
                await _module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The page is gone, and its listeners with it.
        }
        _self?.Dispose();
    }

    private static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static string StageText(ChainLayout.Column column) =>
        $"stage {column.Number + 1}{(column.Nfs > 1 ? $", {column.Nfs} NFs" : "")}";

    private NfKind? KindOf(NfDefinition nf) => Kinds.GetValueOrDefault(nf.Kind);

    private string PortId(int index) => Chain.Ports.Count > index ? Chain.Ports[index] : "no port";

    private string PortNote(int index) =>
        Chain.Ports.Count > index && PacketRate(Chain.Ports[index]) is { } rate ? Rate.Text(rate, "p/s") : "";
}
