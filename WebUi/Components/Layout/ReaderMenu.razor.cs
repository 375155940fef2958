using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using WebUi.Components.Controls;
using WebUi.Stores;

namespace WebUi.Components.Layout;

/// <summary>Who is signed in, the choice of colours, and the way out.</summary>
public sealed partial class ReaderMenu(ThemeStore theme, AuthenticationStateProvider authentication)
    : LiveComponent
{
    private string _name = "";
    private string _role = "";

    protected override async Task OnInitializedAsync()
    {
        Watch(theme);
        ClaimsPrincipal reader = (await authentication.GetAuthenticationStateAsync()).User;
        _name = reader.Identity?.Name ?? "";
        _role = reader.FindFirstValue(ClaimTypes.Role) ?? "";
    }
}
