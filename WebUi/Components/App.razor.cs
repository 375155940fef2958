using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace WebUi.Components;

/// <summary>
/// The document around every page: live pages run in a circuit, sign-in pages are plain HTML.
/// </summary>
public sealed partial class App
{
    // Without prerendering: data is fetched once, and nothing jumps when the circuit takes over.
    private static readonly IComponentRenderMode Live = new InteractiveServerRenderMode(prerender: false);

    [CascadingParameter]
    private HttpContext Http { get; set; } = default!;

    private IComponentRenderMode? Mode => Http.AcceptsInteractiveRouting() ? Live : null;
}
