using Microsoft.AspNetCore.Components.Authorization;

namespace WebUi.Client;

/// <summary>The token of this circuit's reader.</summary>
public sealed class ReaderToken(AuthenticationStateProvider authentication)
{
    public async Task<string?> GetAsync() =>
        AccessToken.Of((await authentication.GetAuthenticationStateAsync()).User);
}
