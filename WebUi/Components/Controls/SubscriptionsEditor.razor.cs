using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;
using Microsoft.AspNetCore.Components;
using WebUi.Stores;

namespace WebUi.Components.Controls;

/// <summary>What an NF hears: its kind's own subscriptions, or those set in the document.</summary>
public sealed partial class SubscriptionsEditor
{
    private const string FirstEvent = "EVENT/DATA_RDY";

    [Parameter, EditorRequired]
    public NfDefinition Nf { get; set; } = default!;

    [Parameter, EditorRequired]
    public NfKind? Kind { get; set; }

    [Parameter, EditorRequired]
    public IEnumerable<EventType> Events { get; set; } = [];

    /// <summary>The subscriptions' place in the document, as faults name it.</summary>
    [Parameter, EditorRequired]
    public string Path { get; set; } = "";

    [Parameter, EditorRequired]
    public ChainDraft Draft { get; set; } = default!;

    [Parameter]
    public bool Disabled { get; set; }

    /// <summary>Gets the changed list; null for those of the kind.</summary>
    [Parameter, EditorRequired]
    public EventCallback<IReadOnlyList<SubscriptionDefinition>?> OnChange { get; set; }

    private IReadOnlyList<SubscriptionDefinition> Heard => Nf.Subscriptions ?? Kind?.Subscriptions ?? [];

    // An alias is a name of its own: it stays choosable where the document uses it.
    private List<string> Paths(SubscriptionDefinition heard)
    {
        List<string> paths = [.. Events.Select(type => type.Path)];
        if (heard.Event is not null && !paths.Contains(heard.Event))
        {
            paths.Insert(0, heard.Event);
        }
        return paths;
    }

    private static string Sides(SubscriptionDefinition heard)
    {
        string start = heard.Start == "now" ? "" : $", {heard.Start}";
        return $"from {heard.Sender}, at {heard.Half}{start}".ToLowerInvariant();
    }

    private static T Pick<T>(ChangeEventArgs change)
        where T : struct, Enum => Enum.Parse<T>((string)change.Value!);

    private static string Text(ChangeEventArgs change, string whenEmpty = "")
    {
        string text = ((string?)change.Value ?? "").Trim();
        return text.Length == 0 ? whenEmpty : text;
    }

    private Task SetAsync(int at, SubscriptionDefinition changed)
    {
        List<SubscriptionDefinition> list = [.. Heard];
        list[at] = changed;
        return OnChange.InvokeAsync(list);
    }

    private Task RemoveAsync(int at)
    {
        List<SubscriptionDefinition> list = [.. Heard];
        list.RemoveAt(at);
        return OnChange.InvokeAsync(list);
    }

    private Task AddAsync() =>
        OnChange.InvokeAsync([.. Heard, new SubscriptionDefinition { Event = FirstEvent }]);
}
