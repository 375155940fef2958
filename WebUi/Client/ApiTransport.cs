using System.Net.Http.Headers;
using System.Text.Json;
using ControlApi.Contract;

namespace WebUi.Client;

/// <summary>Sends requests to ControlApi and turns its refusals into <see cref="ApiException"/>.</summary>
public sealed class ApiTransport(HttpClient http)
{
    private const string UnknownFault = "ControlApi refused without saying why.";

    public async Task<ApiReply<T>> SendAsync<T>(ApiRequest request, CancellationToken cancel)
    {
        using HttpResponseMessage answer = await SendAsync(request, cancel);
        try
        {
            await using Stream body = await answer.Content.ReadAsStreamAsync(cancel);
            T? value = await JsonSerializer.DeserializeAsync<T>(body, ApiJson.Shared, cancel);
            return new ApiReply<T>(value!, answer.Headers.ETag?.ToString());
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or JsonException)
        {
            throw new ApiAwayException();
        }
    }

    /// <summary>Sends and checks the status; the caller owns the answer.</summary>
    public async Task<HttpResponseMessage> SendAsync(ApiRequest request, CancellationToken cancel)
    {
        using var message = new HttpRequestMessage(request.Method, request.Root + request.Path);
        if (request.Token is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", request.Token);
        }
        if (request.IfMatch is not null)
        {
            message.Headers.IfMatch.Add(EntityTagHeaderValue.Parse(request.IfMatch));
        }
        if (request.Body is not null)
        {
            message.Content = JsonContent.Create(request.Body, request.Body.GetType(), null, ApiJson.Shared);
        }
        HttpResponseMessage answer;
        try
        {
            answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel);
        }
        catch (HttpRequestException)
        {
            throw new ApiAwayException();
        }
        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }
        using (answer)
        {
            throw await FaultOfAsync(answer, cancel);
        }
    }

    private static async Task<ApiException> FaultOfAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        int status = (int)answer.StatusCode;
        try
        {
            await using Stream body = await answer.Content.ReadAsStreamAsync(cancel);
            Problem? problem = await JsonSerializer.DeserializeAsync<Problem>(body, ApiJson.Shared, cancel);
            string message = problem switch
            {
                null => UnknownFault,
                { Detail: { Length: > 0 } detail } => detail,
                { Errors: [var only] } => only.Message,
                _ => problem.Title,
            };
            return new ApiException(status, message, problem?.Errors ?? []);
        }
        catch (Exception fault) when (fault is JsonException or IOException or HttpRequestException)
        {
            return new ApiException(status, UnknownFault, []);
        }
    }
}
