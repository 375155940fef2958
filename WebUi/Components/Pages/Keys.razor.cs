using System.Security.Claims;
using ControlApi.Contract.Security;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;
using WebUi.Client;
using WebUi.Components.Controls;
using WebUi.Stores;

namespace WebUi.Components.Pages;

/// <summary>REST keys: list, make, revoke.</summary>
public sealed partial class Keys(
    ApiClient api, ReaderClock clock, AuthenticationStateProvider authentication, IDialogService dialogs)
    : LiveComponent
{
    private static readonly IReadOnlyList<(string Scope, string Words)> ScopeWords =
    [
        (Scopes.Read, "read everything but packet bytes"),
        (Scopes.ReadPackets, "read packet bytes"),
        (Scopes.WriteAlerts, "work on alerts"),
        (Scopes.WriteConfig, "change the configuration"),
        (Scopes.Admin, "do everything"),
    ];

    private readonly HashSet<string> _scopes = [Scopes.Read];
    private IReadOnlyList<KeySummary> _keys = [];
    private ClaimsPrincipal _reader = new();
    private KeyCreated? _created;
    private string _name = "";
    private string _fault = "";

    protected override async Task OnInitializedAsync()
    {
        Watch(clock);
        _reader = (await authentication.GetAuthenticationStateAsync()).User;
        await TryAsync(ReadAsync);
    }

    private bool Allows(string scope) => AccessToken.Allows(_reader, scope);

    private void Toggle(string scope, bool isOn)
    {
        if (isOn)
        {
            _scopes.Add(scope);
        }
        else
        {
            _scopes.Remove(scope);
        }
    }

    private async Task ReadAsync() => _keys = (await api.GetKeysAsync(Gone)).Items;

    private Task CreateAsync() => TryAsync(async () =>
    {
        _created = await api.CreateKeyAsync(new KeyRequest(_name.Trim(), [.. _scopes]), Gone);
        _name = "";
        await ReadAsync();
    });

    private Task RevokeAsync(KeySummary key) => TryAsync(async () =>
    {
        bool? sure = await dialogs.ShowMessageBoxAsync(
            $"Revoke {key.Name}?", "Programs that use it are refused from now on.", "Revoke",
            cancelText: "Keep");
        if (sure == true)
        {
            await api.RevokeKeyAsync(key.Id, Gone);
            await ReadAsync();
        }
    });

    private async Task TryAsync(Func<Task> action)
    {
        _fault = "";
        try
        {
            await action();
        }
        catch (ApiException fault)
        {
            _fault = fault.Message;
        }
    }
}
