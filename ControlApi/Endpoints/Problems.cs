using System.Diagnostics;
using ControlApi.Contract;
using ControlApi.Contract.Configuration;
using Dataplane.Contract.Configuration;

namespace ControlApi.Endpoints;

/// <summary>Writes errors as RFC 9457 problems.</summary>
public static class Problems
{
    private const string TypeRoot = "https://microbox.invalid/problems/";
    private const string ContentType = "application/problem+json";

    public static IResult Result(int status, string slug, string title, params ConfigFault[] errors)
        => new ProblemResult(status, slug, title, null, errors, []);

    public static IResult NotFound(string what) => Result(StatusCodes.Status404NotFound, "not-found",
        $"There is no {what}.");

    /// <summary>A command that the dataplane did not answer.</summary>
    public static IResult DataplaneAway(string detail) => Result(
        StatusCodes.Status503ServiceUnavailable, "dataplane-away",
        $"The dataplane does not answer: {detail}");

    public static IResult Faults(string title, IReadOnlyList<ConfigFault> faults)
        => new ProblemResult(StatusCodes.Status422UnprocessableEntity, "config-faults", title, null, faults,
            []);

    public static IResult Stale(string title, IReadOnlyList<FieldDifference> differences)
        => new ProblemResult(
        StatusCodes.Status412PreconditionFailed, "stale-base", title, null,
        [.. differences.Select(d => new ConfigFault(d.Path, "changed", $"{d.Path} was changed since.",
            "Take the change over, and commit on the active revision."))], differences);

    public static Task WriteAsync(
        HttpContext context, int status, string slug, string title, params ConfigFault[] errors)
        => new ProblemResult(status, slug, title, null, errors, []).ExecuteAsync(context);

    private sealed class ProblemResult(
        int status, string slug, string title, string? detail, IReadOnlyList<ConfigFault> errors,
        IReadOnlyList<FieldDifference> differences) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            return httpContext.Response.WriteAsJsonAsync(new Problem
            {
                Type = TypeRoot + slug,
                Title = title,
                Status = status,
                Detail = detail,
                Instance = httpContext.Request.Path,
                TraceId = Activity.Current?.Id ?? httpContext.TraceIdentifier,
                Errors = errors,
                Differences = differences.Count == 0 ? null : differences,
            }, ApiJson.Shared, ContentType, httpContext.RequestAborted);
        }
    }
}
