using System.Text;

namespace Testing.Demo;

/// <summary>HTTP/1.1 requests and responses as text.</summary>
public static class HttpText
{
    public static string Get(string path, string host) =>
        $"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
        + "Accept: */*\r\nConnection: keep-alive\r\n\r\n";

    public static string Post(string path, string host, string form) =>
        $"POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
        + $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {form.Length}\r\n\r\n{form}";

    public static string Ok(string type, string body) =>
        $"HTTP/1.1 200 OK\r\nServer: demo\r\nContent-Type: {type}\r\nContent-Length: "
        + $"{body.Length}\r\n\r\n{body}";

    public static string Status(string status) =>
        $"HTTP/1.1 {status}\r\nServer: demo\r\nContent-Length: 0\r\n\r\n";

    /// <summary>A page of about as many characters as told.</summary>
    public static string Page(string title, int length)
    {
        StringBuilder page =
            new($"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1>");
        for (int line = 1; page.Length < length; line++)
        {
            page.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"<p>Line {line} of the page {title}.</p>\n");
        }
        return page.Append("</body></html>").ToString();
    }
}
