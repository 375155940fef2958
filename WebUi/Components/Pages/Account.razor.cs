using ControlApi.Contract.Security;
using WebUi.Client;
using WebUi.Components.Controls;

namespace WebUi.Components.Pages;

/// <summary>Who the reader is, and the reader's password.</summary>
public sealed partial class Account(ApiClient api) : LiveComponent
{
    private Me? _me;
    private string _current = "";
    private string _new = "";
    private string _again = "";
    private string _said = "";
    private bool _isBad;

    protected override async Task OnInitializedAsync()
    {
        try
        {
            _me = await api.GetMeAsync(Gone);
        }
        catch (ApiException fault)
        {
            (_said, _isBad) = (fault.Message, true);
        }
    }

    private async Task SetAsync()
    {
        if (_new != _again)
        {
            (_said, _isBad) = ("The two new passwords differ.", true);
            return;
        }
        try
        {
            string? current = _me?.NeedsPassword == true ? null : _current;
            await api.SetPasswordAsync(new PasswordRequest(_new, current), Gone);
            _me = await api.GetMeAsync(Gone);
            (_said, _isBad) = ("Saved. The next sign-in needs this password.", false);
            _current = _new = _again = "";
        }
        catch (ApiException fault)
        {
            (_said, _isBad) = (fault.Message, true);
        }
    }
}
