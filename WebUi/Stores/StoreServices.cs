namespace WebUi.Stores;

/// <summary>Registers the state of a circuit.</summary>
public static class StoreServices
{
    public static void AddStores(this IServiceCollection services)
    {
        services.AddSingleton<RateHistory>();
        services.AddScoped<ThemeStore>();
        services.AddScoped<ReaderClock>();
        services.AddScoped<StateStore>();
        services.AddScoped<RateStore>();
        services.AddScoped<CatalogStore>();
        services.AddScoped<ConfigurationStore>();
        services.AddTransient<AlertStore>();
        services.AddScoped<ChainDraft>();
    }
}
