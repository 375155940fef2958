using MudBlazor;

namespace WebUi.Components.Layout;

/// <summary>The pages, grouped as people look for them.</summary>
public sealed partial class NavMenu
{
    private sealed record Entry(string Path, string Title, string Icon);

    private sealed record Group(string Title, IReadOnlyList<Entry> Entries);

    private static readonly IReadOnlyList<Group> Groups =
    [
        new("",
        [
            new("/", "Dashboard", Icons.Material.Outlined.SpaceDashboard),
            new("/alerts", "Alerts", Icons.Material.Outlined.NotificationsActive),
            new("/flows", "Flows", Icons.Material.Outlined.SwapHoriz),
            new("/chains", "Chains", Icons.Material.Outlined.AccountTree),
            new("/rules", "Rules", Icons.Material.Outlined.Rule),
            new("/ports", "Ports and workers", Icons.Material.Outlined.SettingsEthernet),
        ]),
        new("Settings",
        [
            new("/settings/revisions", "Revisions", Icons.Material.Outlined.History),
            new("/settings/keys", "Keys", Icons.Material.Outlined.Key),
            new("/me", "My account", Icons.Material.Outlined.AccountCircle),
        ]),
        new("More",
        [
            new("/api", "API", Icons.Material.Outlined.Code),
            new("/about", "About", Icons.Material.Outlined.Info),
        ]),
    ];
}
