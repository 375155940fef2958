using System.Text.Json;
using Dataplane.Contract.Configuration;
using Microsoft.Data.Sqlite;

namespace ControlApi.Endpoints;

/// <summary>Turns what goes wrong in a request into a problem that names the thing and the remedy.</summary>
public sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // nobody waits for the answer
        }
        catch (BadHttpRequestException error) when (!context.Response.HasStarted)
        {
            await WriteBadRequestAsync(context, error);
            return;
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            log.LogError(error, "A request to {Path} failed.", context.Request.Path);
            bool isBusy = error is SqliteException { SqliteErrorCode: 5 or 6 };
            await Problems.WriteAsync(context,
                isBusy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError,
                isBusy ? "storage-busy" : "internal",
                isBusy ? "The database is busy; try again."
                    : "Something went wrong in ControlApi; its log says what.");
            return;
        }
        if (context.Response is
            {
                HasStarted: false, StatusCode: >= 400, ContentLength: null,
                ContentType: null
            })
        {
            await WriteEmptyStatusAsync(context);
        }
    }

    private static Task WriteBadRequestAsync(HttpContext context, BadHttpRequestException error)
    {
        if (error.InnerException is JsonException json)
        {
            return Problems.WriteAsync(context, StatusCodes.Status400BadRequest, "bad-json",
                "The body is not what this takes.", new ConfigFault(PointerOf(json.Path), "bad-json",
                    FirstSentence(json.Message), "The description at /api shows the body."));
        }
        return error.StatusCode switch
        {
            StatusCodes.Status413PayloadTooLarge
                => Problems.WriteAsync(context, error.StatusCode, "too-large",
                "The body is too large."),
            StatusCodes.Status415UnsupportedMediaType
                => Problems.WriteAsync(context, error.StatusCode, "wrong-type",
                "The body has to be application/json."),
            _ => Problems.WriteAsync(context, StatusCodes.Status400BadRequest, "bad-request",
                FirstSentence(error.Message)),
        };
    }

    private static Task WriteEmptyStatusAsync(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound
            => Problems.WriteAsync(context, StatusCodes.Status404NotFound, "not-found",
            $"There is nothing at {context.Request.Path}."),
        StatusCodes.Status405MethodNotAllowed
            => Problems.WriteAsync(context, StatusCodes.Status405MethodNotAllowed,
            "wrong-method", $"{context.Request.Path} does not take {context.Request.Method}."),
        StatusCodes.Status415UnsupportedMediaType => Problems.WriteAsync(context,
            StatusCodes.Status415UnsupportedMediaType, "wrong-type", "The body has to be application/json."),
        _ => Problems.WriteAsync(context, context.Response.StatusCode, "refused", "The request was refused."),
    };

    /// <summary>$.a.b[0] as the pointer /a/b/0.</summary>
    private static string PointerOf(string? jsonPath)
        => (jsonPath ?? "").TrimStart('$').Replace("[", ".", StringComparison.Ordinal)
            .Replace("]", "", StringComparison.Ordinal).Replace('.', '/');

    private static string FirstSentence(string message)
    {
        int end = message.IndexOf(" Path:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
