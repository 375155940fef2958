using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using MudBlazor.Services;
using WebUi.Client;
using WebUi.Components;
using WebUi.Security;
using WebUi.Stores;

namespace WebUi.Hosting;

/// <summary>
/// Puts the web process together: one HTTPS address with the pages and ControlApi behind it.
/// </summary>
public static class WebUiHost
{
    private static readonly TimeSpan CircuitKept = TimeSpan.FromMinutes(3);

    public static WebApplication Build(WebUiOptions options)
    {
        Directory.CreateDirectory(
            options.DataFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(
            options.RunFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(WebUiHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        // From a checkout the static files lie in the project folder; a published copy has no such manifest.
        builder.WebHost.UseStaticWebAssets();
        builder.Host.UseSystemd();
        AddLogging(builder.Logging);
        X509Certificate2 certificate = Certificate.LoadOrCreate(options.DataFolder, DateTimeOffset.UtcNow);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options, certificate));
        AddServices(builder.Services, options);
        WebApplication app = builder.Build();
        Map(app);
        return app;
    }

    private static void AddLogging(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Warning);
        // The keys lie in the data folder, which only its owner may enter.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        // A proxy logs the whole address, and a query string may carry an access token.
        logging.AddFilter("Yarp", LogLevel.None);
        logging.AddFilter("System.Net.Http", LogLevel.Error);
    }

    private static void Listen(
        KestrelServerOptions kestrel, WebUiOptions options, X509Certificate2 certificate)
    {
        kestrel.AddServerHeader = false;
        foreach (System.Net.IPAddress address in options.Listen)
        {
            if (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
                && !System.Net.Sockets.Socket.OSSupportsIPv6)
            {
                continue;
            }
            kestrel.Listen(address, options.Port, endpoint => endpoint.UseHttps(certificate));
        }
    }

    private static void AddServices(IServiceCollection services, WebUiOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddApiProxy(options.Api);
        services.AddDataProtection()
            .SetApplicationName("appliance-webui")
            .PersistKeysToFileSystem(Directory.CreateDirectory(
                Path.Combine(options.DataFolder, "webui-keys"),
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        services.AddRazorComponents(razor => razor.DetailedErrors = false)
            .AddInteractiveServerComponents(circuit =>
            {
                circuit.DisconnectedCircuitRetentionPeriod = CircuitKept;
                circuit.DisconnectedCircuitMaxRetained = 50;
            });
        services.AddAntiforgery(forgery =>
        {
            forgery.Cookie.Name = "__Host-appliance-form";
            forgery.Cookie.SecurePolicy = CookieSecurePolicy.Always;
            forgery.SuppressXFrameOptionsHeader = false;
        });
        services.AddMudServices(mud =>
        {
            mud.SnackbarConfiguration.PositionClass = MudBlazor.Defaults.Classes.Position.BottomRight;
            mud.SnackbarConfiguration.VisibleStateDuration = 4000;
        });
        services.AddAuthentication(SessionAuthenticationHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, SessionAuthenticationHandler>(
                SessionAuthenticationHandler.SchemeName, null);
        services.AddAuthorization();
        services.AddCascadingAuthenticationState();
        services.AddMemoryCache();
        services.AddSingleton<ReaderLookup>();
        services.AddScoped<AuthenticationStateProvider, CircuitReader>();
        services.AddClient(options.Api);
        services.AddStores();
    }

    private static void Map(WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseExceptionHandler(failed => failed.Run(context =>
            context.Response.WriteAsync("This request failed in WebUi. Its log has the reason.")));
        app.UseWebSockets();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapApiProxy();
        app.MapStaticAssets().AllowAnonymous();
        app.MapSignIn();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(server => server.ContentSecurityFrameAncestorsPolicy = null)
            .RequireAuthorization();
    }
}
