using ControlApi.Contract;
using ControlApi.Contract.Security;
using ControlApi.Security;
using Dataplane.Contract.Configuration;
using Persistence.Rows;
using Persistence.Stores;

namespace ControlApi.Endpoints;

/// <summary>/keys: keys for programs.</summary>
public static class KeyEndpoints
{
    private const int NameMax = 64;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/keys",
            ListAsync).Needs(Scopes.Admin).Produces<Page<KeySummary>>().WithSummary("All keys.");
        routes.MapPost("/keys",
            CreateAsync).Needs(Scopes.Admin).Produces<KeyCreated>(StatusCodes.Status201Created)
            .Refuses(422).WithSummary("Makes a key; its secret is in this answer only.");
        routes.MapDelete("/keys/{id}",
            DeleteAsync).Needs(Scopes.Admin).Produces(StatusCodes.Status204NoContent)
            .Refuses(404).WithSummary("Revokes a key.");
    }

    private static async Task<IResult> ListAsync(KeyStore keys, CancellationToken cancellation)
        => Results.Ok(new Page<KeySummary>([.. (await keys.ListAsync(cancellation)).Select(Summary)], null));

    private static async Task<IResult> CreateAsync(
        KeyRequest request, HttpContext context, KeyStore keys, Audit audit, TimeProvider clock,
        CancellationToken cancellation)
    {
        Caller caller = Caller.Of(context)!;
        List<ConfigFault> faults = [.. Check(request, caller, clock.GetUtcNow())];
        if (faults.Count > 0)
        {
            return Problems.Faults("The key was not made.", faults);
        }
        Token token = Token.Make(TokenKind.Key);
        var row = new KeyRow
        {
            Id = token.Id,
            SecretHash = Token.Hash(token.Secret),
            Name = request.Name,
            Scopes = string.Join(',', request.Scopes.Distinct()),
            CreatedBy = caller.Actor,
            CreatedAt = clock.GetUtcNow(),
            ExpiresAt = request.ExpiresAt,
        };
        await keys.AddAsync(row, cancellation);
        await audit.AddAsync(context, "key.create", row.Id, row.Name, cancellation);
        return Results.Created($"{EndpointRules.Root}/keys/{row.Id}",
            new KeyCreated(Summary(row), token.ToString()));
    }

    private static async Task<IResult> DeleteAsync(
        string id, HttpContext context, KeyStore keys, TokenReader tokens, Audit audit,
            CancellationToken cancellation)
    {
        if (!await keys.DeleteAsync(id, cancellation))
        {
            return Problems.NotFound($"key {id}");
        }
        tokens.Forget();
        await audit.AddAsync(context, "key.revoke", id, null, cancellation);
        return Results.NoContent();
    }

    private static IEnumerable<ConfigFault> Check(KeyRequest request, Caller caller, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > NameMax)
        {
            yield return new ConfigFault("/name", "bad-name", $"A name has 1 to {NameMax} characters.");
        }
        if (request.Scopes.Count == 0)
        {
            yield return new ConfigFault("/scopes", "no-scope", "A key needs a scope.",
                $"Use some of {string.Join(", ", Scopes.All)}.");
        }
        for (int i = 0; i < request.Scopes.Count; i++)
        {
            if (!Scopes.All.Contains(request.Scopes[i]))
            {
                yield return new ConfigFault($"/scopes/{i}", "unknown-scope",
                    $"There is no scope {request.Scopes[i]}.",
                    $"Use some of {string.Join(", ", Scopes.All)}.");
            }
            else if (!caller.May(request.Scopes[i]))
            {
                yield return new ConfigFault($"/scopes/{i}", request.Scopes[i],
                    "A key never gets more than its maker has.");
            }
        }
        if (request.ExpiresAt <= now)
        {
            yield return new ConfigFault("/expiresAt", "past", "The key would have expired already.");
        }
    }

    private static KeySummary Summary(KeyRow row)
        => new(row.Id, row.Name, row.Scopes.Split(','), row.CreatedBy,
        row.CreatedAt, row.ExpiresAt, row.LastUsedAt);
}
