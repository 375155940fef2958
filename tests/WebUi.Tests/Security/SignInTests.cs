using System.Net;
using WebUi.Tests.Fakes;
using WebUi.Tests.Hosting;
using Xunit;

namespace WebUi.Tests.Security;

public sealed class SignInTests : IAsyncLifetime
{
    private FakeControlApi _api = default!;
    private RunningWebUi _web = default!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = await FakeControlApi.StartAsync();
        _web = await RunningWebUi.StartAsync(_api.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task The_one_time_link_sets_the_cookie_and_goes_to_the_dashboard()
    {
        using HttpResponseMessage answer =
            await _web.Client.GetAsync("/start?token=" + FakeControlApi.LinkToken, Cancel);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("/", answer.Headers.Location?.OriginalString);
        string cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith(
            $"__Host-appliance={FakeControlApi.SessionToken};", cookie, StringComparison.Ordinal);
        Assert.Contains("secure; samesite=strict; httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("path=/;", cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_spent_link_says_how_to_get_a_new_one()
    {
        using HttpResponseMessage answer = await _web.Client.GetAsync("/start?token=spent", Cancel);
        using HttpResponseMessage page = await _web.Client.GetAsync(answer.Headers.Location, Cancel);

        string html = await page.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("This link was used.", html, StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Pages_send_strangers_to_the_sign_in_page_and_remember_where_they_wanted_to_go()
    {
        using HttpResponseMessage answer =
            await _web.Client.GetAsync("/alerts?filter=severity%20%3D%201", Cancel);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.EndsWith(
            "/sign-in?return=%2Falerts%3Ffilter%3Dseverity%2520%253D%25201",
            answer.Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cookie_opens_the_pages()
    {
        using HttpResponseMessage answer = await GetSignedInAsync("/alerts", FakeControlApi.SessionToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_cookie_that_ControlApi_does_not_know_opens_nothing()
    {
        using HttpResponseMessage answer = await GetSignedInAsync("/alerts", "mbs_9_guessed");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Fact]
    public async Task A_form_without_its_forgery_token_is_refused()
    {
        using var form = new FormUrlEncodedContent(
            [new("user", "admin"), new("password", FakeControlApi.Password)]);

        using HttpResponseMessage answer = await _web.Client.PostAsync("/sign-in/password", form, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("/alerts?filter=a", "/alerts?filter=a")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    public async Task The_password_opens_a_session_and_leads_to_our_own_pages_only(
        string wanted, string target)
    {
        using HttpResponseMessage page = await _web.Client.GetAsync("/sign-in", Cancel);
        string html = await page.Content.ReadAsStringAsync(Cancel);
        string cookie = page.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        string token = html.Split("name=\"__RequestVerificationToken\" value=\"")[1].Split('"')[0];
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in/password");
        request.Headers.Add("Cookie", cookie);
        request.Content = new FormUrlEncodedContent(
        [
            new("__RequestVerificationToken", token), new("user", "admin"),
            new("password", FakeControlApi.Password), new("return", wanted),
        ]);

        using HttpResponseMessage answer = await _web.Client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(target, answer.Headers.Location?.OriginalString);
    }

    private async Task<HttpResponseMessage> GetSignedInAsync(string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Cookie", "__Host-appliance=" + token);
        return await _web.Client.SendAsync(request, Cancel);
    }
}
