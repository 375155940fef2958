using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using WebUi.Client;

namespace WebUi.Security;

/// <summary>
/// The reader of a circuit; asked again every 30 s, so a circuit ends soon after its session.
/// </summary>
public sealed class CircuitReader(ILoggerFactory logger, ReaderLookup readers)
    : RevalidatingServerAuthenticationStateProvider(logger)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30);

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        ClaimsPrincipal reader = authenticationState.User;
        if (AccessToken.Of(reader) is not { } token)
        {
            return false;
        }
        try
        {
            return await readers.FindAsync(token, cancellationToken) is not null;
        }
        catch (ApiAwayException)
        {
            // ControlApi restarts; the session is neither known nor unknown until it is back.
            return true;
        }
    }
}
