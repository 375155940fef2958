using System.Globalization;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using WebUi.Stores;

namespace WebUi.Components.Controls;

/// <summary>One NF on a chain's picture, with its subscriptions hanging below.</summary>
public sealed partial class ChainNf
{
    [Parameter, EditorRequired]
    public ChainLayout.Box Box { get; set; } = default!;

    [Parameter]
    public NfKind? Kind { get; set; }

    /// <summary>Events a second by event path.</summary>
    [Parameter, EditorRequired]
    public Func<string, double?> Rate { get; set; } = _ => null;

    [Parameter]
    public bool IsSelected { get; set; }

    [Parameter]
    public bool HasFault { get; set; }

    [Parameter]
    public bool IsButton { get; set; }

    [Parameter]
    public EventCallback<string> OnSelect { get; set; }

    [Parameter]
    public EventCallback<ChainMove> OnMove { get; set; }

    [Parameter]
    public EventCallback<string> OnRemove { get; set; }

    private string Access => Kind?.Access ?? "";

    private string AccessClass => Access is "write" or "drop" ? "strong" : "plain";

    private string Label
    {
        get
        {
            string hears = Box.Rows.Count == 0
                ? "hears nothing"
                : "hears " + string.Join(", ", Box.Rows.Select(row => ShortPath(row.Event)).Distinct());
            string fault = HasFault ? ", has a fault" : "";
            return $"{Box.Nf.Name}, {Kind?.Title ?? Box.Nf.Kind}, stage {Box.Stage + 1}, {hears}{fault}";
        }
    }

    private Task SelectAsync() => OnSelect.InvokeAsync(Box.Nf.Name);

    private Task KeyAsync(KeyboardEventArgs key)
    {
        if (key.Key is "Enter" or " ")
        {
            return SelectAsync();
        }
        if (key.Key == "Delete")
        {
            return OnRemove.InvokeAsync(Box.Nf.Name);
        }
        ChainDirection? direction = !key.AltKey ? null : key.Key switch
        {
            "ArrowLeft" => ChainDirection.Left,
            "ArrowRight" => ChainDirection.Right,
            "ArrowUp" => ChainDirection.Up,
            "ArrowDown" => ChainDirection.Down,
            _ => null,
        };
        return direction is { } way
            ? OnMove.InvokeAsync(new ChainMove(Box.Nf.Name, way))
            : Task.CompletedTask;
    }

    private string Hang(ChainLayout.Row row)
    {
        string x = N(Box.X + 14);
        return $"M{x} {N(Box.Y + ChainLayout.HeadHeight)} V{N(row.Y + 13)} H{N(Box.X + 22)}";
    }

    // Width grows with the logarithm of the rate: a thousand times as many events are seen as thrice the
    // line.
    private static string Thickness(double? rate) =>
        $"stroke-width:{N(1 + Math.Min(4, Math.Log10(1 + (rate ?? 0)) * 0.7))}";

    private static string EventText(ChainLayout.Row row)
    {
        string side = row.Subscription.Sender switch
        {
            SenderSide.Client => " · client",
            SenderSide.Server => " · server",
            _ => "",
        };
        return Short(ShortPath(row.Event), 20 - side.Length) + side;
    }

    private static string RateText(double? rate) =>
        rate is null ? "" : Controls.Rate.Text(rate, "/s");

    private static string RowTitle(ChainLayout.Row row, double? rate)
    {
        SubscriptionDefinition heard = row.Subscription;
        string filter = heard.Filter.Length > 0 ? $", only {heard.Filter}" : "";
        string many = rate is null ? "" : $": {Controls.Rate.Text(rate, "events/s")}";
        return $"{row.Event}{many}. Sender {heard.Sender}, half {heard.Half}, from {heard.Start}{filter}";
    }

    private static string ShortPath(string path) =>
        path.StartsWith("EVENT/", StringComparison.Ordinal) ? path["EVENT/".Length..] : path;

    private static string Short(string text, int max) => text.Length <= max ? text : text[..(max - 1)] + "…";

    private static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
