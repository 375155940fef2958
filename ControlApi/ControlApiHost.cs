using System.Globalization;
using System.Net;
using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using ControlApi.Configuration;
using ControlApi.Contract;
using ControlApi.Dataplane;
using ControlApi.Endpoints;
using ControlApi.Live;
using ControlApi.Notices;
using ControlApi.Security;
using ControlApi.Status;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Shared;
using MessagePack;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Identity;
using Persistence;
using Persistence.Rows;
using Persistence.Stores;

namespace ControlApi;

/// <summary>Puts the process together: services, request path, endpoints.</summary>
public static class ControlApiHost
{
    private const int SignInsPerMinute = 30;
    private const long BodyBytesMax = 8 * 1024 * 1024;

    public static WebApplication Build(ControlApiOptions options, DataLock held, TimeProvider clock)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
            kestrel.AddServerHeader = false;
        });
        builder.Host.UseSystemd();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning)
            .AddFilter(typeof(ApplianceAuthentication).FullName, LogLevel.Warning)
            .AddFilter("Grpc", LogLevel.Error)
            .AddFilter("System.Net.Http", LogLevel.Warning);
        AddStorage(builder.Services, options, held, clock);
        AddSecurity(builder.Services);
        AddParts(builder.Services, options);
        AddWeb(builder.Services);
        WebApplication app = builder.Build();
        UsePath(app);
        Map(app);
        return app;
    }

    private static void AddStorage(
        IServiceCollection services, ControlApiOptions options, DataLock held, TimeProvider clock)
    {
        var folder = new DataFolder(options.DataFolder);
        services.AddSingleton(options).AddSingleton(held).AddSingleton(folder).AddSingleton(clock)
            .AddSingleton(new DataFolderName(options.DataFolder))
            .AddSingleton(new ProcessStart(clock.GetUtcNow()))
            .AddScoped(_ => folder.OpenConfig())
            .AddSingleton<RevisionStore>().AddSingleton<OperationStore>().AddSingleton<SessionStore>()
            .AddSingleton<UserStore>().AddSingleton<KeyStore>().AddSingleton<AuditStore>()
            .AddSingleton<TriageStore>().AddSingleton<EventSearch>();
    }

    private static void AddSecurity(IServiceCollection services)
    {
        services.AddIdentityCore<User>(identity =>
            {
                identity.Password.RequiredLength = 10;
                identity.Password.RequireDigit = false;
                identity.Password.RequireLowercase = false;
                identity.Password.RequireUppercase = false;
                identity.Password.RequireNonAlphanumeric = false;
                identity.Lockout.MaxFailedAccessAttempts = 10;
                identity.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
            })
            .AddEntityFrameworkStores<ConfigDb>()
            .AddTokenProvider<AuthenticatorTokenProvider<User>>(TokenOptions.DefaultAuthenticatorProvider);
        services.AddSingleton<TokenReader>().AddSingleton<Audit>().AddScoped<SignIn>();
        services.AddAuthentication(ApplianceAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApplianceAuthentication>(
                ApplianceAuthentication.SchemeName, null);
        services.AddRateLimiter(limits =>
        {
            limits.AddPolicy(SessionEndpoints.SignInLimit,
                context => RateLimitPartition.GetFixedWindowLimiter(
                context.Connection.RemoteIpAddress?.ToString() ?? "", _ => new FixedWindowRateLimiterOptions
                {
                    PermitLimit = SignInsPerMinute,
                    Window = TimeSpan.FromMinutes(1),
                }));
            limits.OnRejected = (rejected, _) =>
            {
                rejected.HttpContext.Response.Headers.RetryAfter = rejected.Lease.TryGetMetadata(
                    MetadataName.RetryAfter, out TimeSpan wait)
                    ? ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture) : "60";
                return new ValueTask(
                    Problems.WriteAsync(rejected.HttpContext, StatusCodes.Status429TooManyRequests,
                    "too-many-requests", "Too many sign-ins from this address; try again in a minute."));
            };
        });
    }

    private static void AddParts(IServiceCollection services, ControlApiOptions options)
    {
        services.AddSingleton<DataplaneClient>().AddSingleton<StatsFile>()
            .AddSingleton(new CatalogFiles(Path.Combine(options.DataFolder, SpoolLayout.Folder)))
            .AddSingleton<RuleFiles>().AddSingleton<OperationLog>().AddSingleton<ConfigurationService>()
            .AddSingleton<ChainViews>().AddSingleton<PortViews>().AddSingleton<FlowViews>()
            .AddSingleton<NoticeCounters>().AddSingleton<LiveFeed>().AddSingleton<HubConnections>()
            .AddSingleton<EventUpkeep>().AddSingleton<Health>().AddSingleton<Metrics>();
        AddRunning<NoticeIngest>(services);
        AddRunning<DataplaneMonitor>(services);
        AddRunning<LiveRates>(services);
        AddRunning<StateWatch>(services);
        AddRunning<RevocationWatch>(services);
    }

    /// <summary>A part that runs by itself and that others may ask.</summary>
    private static void AddRunning<T>(IServiceCollection services)
        where T : class, IHostedService
        => services.AddSingleton<T>().AddHostedService(provider => provider.GetRequiredService<T>());

    private static void AddWeb(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, ConfigurationJson.Default);
            json.SerializerOptions.Converters.Add(new UtcTimeConverter());
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddSignalR(hub => hub.EnableDetailedErrors = false)
            .AddJsonProtocol(json => json.PayloadSerializerOptions = ApiJson.Shared)
            .AddMessagePackProtocol(pack => pack.SerializerOptions = MessagePackSerializerOptions.Standard
                .WithResolver(new JsonElementResolver()).WithSecurity(MessagePackSecurity.UntrustedData));
        services.AddOpenApi("v1");
        services.Configure<ForwardedHeadersOptions>(forwarded =>
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto
                | ForwardedHeaders.XForwardedHost);
    }

    private static void UsePath(WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRouting();
        app.UseAuthentication();
        app.UseMiddleware<RequestGate>();
        app.UseRateLimiter();
    }

    private static void Map(WebApplication app)
    {
        RouteGroupBuilder api = app.MapGroup(EndpointRules.Root);
        NoticeEndpoints.Map(api);
        AlertEndpoints.Map(api);
        StreamEndpoints.Map(api);
        ConfigurationEndpoints.Map(api);
        DraftEndpoints.Map(api);
        OperationEndpoints.Map(api);
        ChainEndpoints.Map(api);
        CatalogEndpoints.Map(api);
        StatusEndpoints.Map(api);
        FlowEndpoints.Map(api);
        RuleEndpoints.Map(api);
        DemandEndpoints.Map(api);
        MeEndpoints.Map(api);
        SessionEndpoints.Map(api);
        KeyEndpoints.Map(api);
        UserEndpoints.Map(api);
        AuditEndpoints.Map(api);
        HealthEndpoints.Map(app);
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapHub<LiveHub>(LiveHub.Path).WithMetadata(new RequiredScope(Contract.Security.Scopes.Read));
    }
}
