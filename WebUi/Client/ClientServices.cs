namespace WebUi.Client;

/// <summary>Registers what talks to ControlApi.</summary>
public static class ClientServices
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(20);

    public static void AddClient(this IServiceCollection services, Uri api)
    {
        services.AddSingleton(
            _ => new ApiTransport(new HttpClient { BaseAddress = api, Timeout = RequestTimeout }));
        services.AddSingleton<SignInClient>();
        services.AddScoped<ReaderToken>();
        services.AddScoped<ApiClient>();
        services.AddScoped<LiveFeed>();
    }
}
