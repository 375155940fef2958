using System.Text.Json;
using ControlApi.Contract.Configuration;
using ControlApi.Contract.Security;
using Dataplane.Contract.Configuration;
using Microsoft.AspNetCore.Components.Authorization;
using WebUi.Client;
using WebUi.Components.Controls;
using WebUi.Stores;

namespace WebUi.Components.Pages;

/// <summary>All saved configurations: who made them, why, and the way back to each.</summary>
public sealed partial class Revisions(
    ApiClient api, StateStore state, ReaderClock clock, AuthenticationStateProvider authentication)
    : LiveComponent
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);
    private static readonly JsonSerializerOptions Indented = new(ConfigurationJson.Default.Options)
    {
        WriteIndented = true,
    };

    private IReadOnlyList<RevisionSummary> _revisions = [];
    private Revision? _open;
    private uint _seen;
    private string _document = "";
    private string _said = "";
    private bool _isBad;
    private bool _isBusy;
    private bool _mayWrite;

    protected override async Task OnInitializedAsync()
    {
        Watch(state, clock);
        _mayWrite = AccessToken.Allows(
            (await authentication.GetAuthenticationStateAsync()).User, Scopes.WriteConfig);
        await TryAsync(ReadAsync);
    }

    protected override void Refresh()
    {
        if (state.Revision != _seen && !_isBusy)
        {
            _seen = state.Revision;
            _ = TryAsync(ReadAsync);
        }
    }

    private async Task ReadAsync()
    {
        _revisions = (await api.GetRevisionsAsync(Gone)).Items;
        await InvokeAsync(StateHasChanged);
    }

    private Task ShowAsync(uint number) => TryAsync(async () =>
    {
        if (_open?.Number == number)
        {
            _open = null;
            return;
        }
        _open = await api.GetRevisionAsync(number, Gone);
        _document = JsonSerializer.Serialize(_open.Document, Indented);
    });

    private Task RestoreAsync(uint number) => TryAsync(async () =>
    {
        _isBusy = true;
        Operation operation = await api.RestoreAsync(number, Gone);
        while (operation.State == OperationState.Running)
        {
            await Task.Delay(LookInterval, Time, Gone);
            operation = await api.GetOperationAsync(operation.Id, Gone);
        }
        _isBad = operation.State != OperationState.Active;
        _said = _isBad
            ? $"r{number} was not restored. {operation.Cause}"
            : $"r{number} is active again, as r{operation.Revision}.";
        await ReadAsync();
    });

    private async Task TryAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (ApiException fault)
        {
            (_said, _isBad) = (fault.Message, true);
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
            // The reader left; the operation goes on without being watched.
        }
        finally
        {
            _isBusy = false;
        }
    }
}
