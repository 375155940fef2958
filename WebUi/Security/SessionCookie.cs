namespace WebUi.Security;

/// <summary>
/// The cookie that carries a session's opaque token; only ControlApi can read what it means.
/// </summary>
public static class SessionCookie
{
    public const string Name = "__Host-appliance";

    public static void Set(HttpResponse response, string token, DateTimeOffset expires) =>
        response.Cookies.Append(Name, token, Options(expires));

    public static void Remove(HttpResponse response) => response.Cookies.Delete(Name, Options(null));

    private static CookieOptions Options(DateTimeOffset? expires) => new()
    {
        Secure = true,
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Path = "/",
        Expires = expires,
    };
}
