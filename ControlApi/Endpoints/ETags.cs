using System.Globalization;
using Dataplane.Contract.Configuration;

namespace ControlApi.Endpoints;

/// <summary>Revisions as strong ETags: "r41".</summary>
public static class ETags
{
    public static string Of(uint revision) => $"\"r{revision.ToString(CultureInfo.InvariantCulture)}\"";

    /// <summary>
    /// The revision in If-Match (null for *), or a refusal: 428 when it is missing, 412 when it is none.
    /// </summary>
    public static IResult? ReadIfMatch(HttpRequest request, out uint? revision)
    {
        revision = null;
        string? text = request.Headers.IfMatch.FirstOrDefault();
        if (string.IsNullOrEmpty(text))
        {
            return Problems.Result(StatusCodes.Status428PreconditionRequired, "no-if-match",
                "Say with If-Match which revision the change is based on.", new ConfigFault("", "no-if-match",
                    "The header If-Match is missing.", "Send the ETag of GET /api/v1/configuration."));
        }
        if (text == "*")
        {
            return null;
        }
        if (text.Length > 3 && text.StartsWith("\"r", StringComparison.Ordinal) && text.EndsWith('"')
            && uint.TryParse(text.AsSpan(2, text.Length - 3), NumberStyles.None, CultureInfo.InvariantCulture,
                out uint number))
        {
            revision = number;
            return null;
        }
        return Problems.Result(StatusCodes.Status412PreconditionFailed, "bad-if-match",
            $"{text} is no revision's ETag; it has the form \"r41\".");
    }
}
