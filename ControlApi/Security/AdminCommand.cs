using ControlApi.Contract.Security;
using Persistence;
using Persistence.Rows;
using Persistence.Stores;

namespace ControlApi.Security;

/// <summary>
/// ControlApi admin …: keys and links made on the machine itself, whether ControlApi runs or not.
/// </summary>
public static class AdminCommand
{
    private const int Failed = 1;
    private const int WrongUsage = 2;
    private const string Actor = "machine";
    private static readonly TimeSpan SchemaPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SchemaPause = TimeSpan.FromMilliseconds(100);

    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        string verb = arguments.Count > 0 ? arguments[0] : "";
        string? error = null;
        Dictionary<string, List<string>>? values = verb switch
        {
            "key-create"
                => CommandLine.Read([.. arguments.Skip(1)], ["--data", "--name", "--scope"], out error),
            "link" => CommandLine.Read([.. arguments.Skip(1)], ["--data", "--origin"], out error),
            _ => null,
        };
        error ??= values is null ? "Use: ControlApi admin key-create --data DIR --name N --scope S, or "
            + "ControlApi admin link --data DIR [--origin URL]." : null;
        if (error is null && !values!.ContainsKey("--data"))
        {
            error = $"ControlApi admin {verb} needs --data DIR.";
        }
        if (error is not null)
        {
            await errors.WriteLineAsync(error);
            return WrongUsage;
        }
        var folder = new DataFolder(Path.GetFullPath(values!["--data"][0]));
        if (!await ReadySchemaAsync(folder, cancellation))
        {
            await errors.WriteLineAsync(
                $"Another process holds {folder.Path} and has not finished its databases; "
                + "try again when it has started.");
            return Failed;
        }
        return verb == "link"
            ? await MakeLinkAsync(folder, values.GetValueOrDefault("--origin")?[0] ?? "", output,
                cancellation)
            : await MakeKeyAsync(folder, values, output, errors, cancellation);
    }

    private static async Task<int> MakeKeyAsync(
        DataFolder folder, Dictionary<string, List<string>> values, TextWriter output, TextWriter errors,
        CancellationToken cancellation)
    {
        string[] scopes =
            [.. values.GetValueOrDefault("--scope", []).SelectMany(s => s.Split(',')).Distinct()];
        string? unknown = scopes.FirstOrDefault(s => !Scopes.All.Contains(s));
        if (!values.TryGetValue("--name", out List<string>? name) || scopes.Length == 0
            || unknown is not null)
        {
            await errors.WriteLineAsync(unknown is not null
                ? $"There is no scope {unknown}; use {string.Join(", ", Scopes.All)}."
                : "A key needs --name N and --scope S.");
            return WrongUsage;
        }
        Token token = Token.Make(TokenKind.Key);
        await new KeyStore(folder).AddAsync(new KeyRow
        {
            Id = token.Id,
            SecretHash = Token.Hash(token.Secret),
            Name = name[0],
            Scopes = string.Join(',', scopes),
            CreatedBy = Actor,
            CreatedAt = TimeProvider.System.GetUtcNow(),
        }, cancellation);
        await new Audit(new AuditStore(folder), TimeProvider.System).AddAsync(
            Actor, "key.create", token.Id, name[0], null, cancellation);
        await output.WriteLineAsync(token.ToString());
        return 0;
    }

    private static async Task<int> MakeLinkAsync(
        DataFolder folder, string origin, TextWriter output, CancellationToken cancellation)
    {
        await new UserStore(folder).EnsureFirstAsync(TimeProvider.System.GetUtcNow(), cancellation);
        string token = Token.NewSecret();
        await new SessionStore(folder).AddLinkAsync(new LinkRow
        {
            Id = SignIn.LinkId(token),
            UserName = UserStore.FirstName,
            ExpiresAt = TimeProvider.System.GetUtcNow() + SignIn.LinkLifetime,
        }, cancellation);
        await output.WriteLineAsync($"{origin.TrimEnd('/')}/start?token={token}");
        return 0;
    }

    /// <summary>
    /// Makes the database when nobody runs; else waits until the process that runs has made it.
    /// </summary>
    private static async Task<bool> ReadySchemaAsync(DataFolder folder, CancellationToken cancellation)
    {
        DateTimeOffset deadline = TimeProvider.System.GetUtcNow() + SchemaPatience;
        while (TimeProvider.System.GetUtcNow() < deadline)
        {
            using (DataLock? held = DataLock.TryTake(folder.Path))
            {
                await using ConfigDb context = folder.OpenConfig();
                if (held is not null)
                {
                    Schema.Migrate(context, held);
                    return true;
                }
                if (Schema.IsCurrent(context))
                {
                    return true;
                }
            }
            await Task.Delay(SchemaPause, cancellation);
        }
        return false;
    }
}
