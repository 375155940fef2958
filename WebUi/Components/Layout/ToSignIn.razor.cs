using Microsoft.AspNetCore.Components;

namespace WebUi.Components.Layout;

/// <summary>Shown when the reader's session ended: leaves the circuit for the sign-in page.</summary>
public sealed partial class ToSignIn(NavigationManager navigation)
{
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            string here = "/" + navigation.ToBaseRelativePath(navigation.Uri);
            navigation.NavigateTo("/sign-in?return=" + Uri.EscapeDataString(here), forceLoad: true);
        }
    }
}
