namespace WebUi.Security;

/// <summary>
/// What a browser gets while ControlApi, which knows the sessions, does not answer: plain, tries again.
/// </summary>
public static class AwayPage
{
    private const string Html = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <meta http-equiv="refresh" content="2">
          <title>Starting – Microboxes Appliance</title>
          <script src="/js/page.js"></script>
          <link rel="stylesheet" href="/app.css">
        </head>
        <body>
          <main class="static-note">
            <h1>ControlApi does not answer</h1>
            <p>Traffic goes on. ControlApi is started again by itself; this page looks every two seconds.</p>
          </main>
        </body>
        </html>
        """;

    public static Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = "2";
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(Html, context.RequestAborted);
    }
}
