using ControlApi.Contract.Security;

namespace WebUi.Client;

/// <summary>The requests around a session, made before there is a circuit.</summary>
public sealed class SignInClient(ApiTransport transport)
{
    public async Task<Me> GetMeAsync(string token, CancellationToken cancel)
    {
        var request = new ApiRequest(HttpMethod.Get, "/me") { Token = token };
        return (await transport.SendAsync<Me>(request, cancel)).Value;
    }

    public Task<SessionCreated> OpenByLinkAsync(string linkToken, CancellationToken cancel) =>
        OpenAsync("/sessions/link", new LinkRequest(linkToken), cancel);

    public Task<SessionCreated> OpenAsync(SignInRequest request, CancellationToken cancel) =>
        OpenAsync("/sessions", request, cancel);

    public async Task CloseAsync(string token, CancellationToken cancel)
    {
        Me me = await GetMeAsync(token, cancel);
        string path = "/sessions/" + Uri.EscapeDataString(me.Id);
        var request = new ApiRequest(HttpMethod.Delete, path) { Token = token };
        using HttpResponseMessage answer = await transport.SendAsync(request, cancel);
    }

    private async Task<SessionCreated> OpenAsync(string path, object body, CancellationToken cancel)
    {
        var request = new ApiRequest(HttpMethod.Post, path) { Body = body };
        return (await transport.SendAsync<SessionCreated>(request, cancel)).Value;
    }
}
