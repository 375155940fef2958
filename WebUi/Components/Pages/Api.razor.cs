using Microsoft.AspNetCore.Components;
using WebUi.Client;
using WebUi.Components.Controls;

namespace WebUi.Components.Pages;

/// <summary>ControlApi's own description, drawn for people; nothing is fetched from elsewhere.</summary>
public sealed partial class Api(ApiClient api, NavigationManager navigation) : LiveComponent
{
    private IReadOnlyList<ApiOperation> _operations = [];
    private string _find = "";
    private string _fault = "";

    private IEnumerable<IGrouping<string, ApiOperation>> Groups => _operations
        .Where(operation => operation.Fits(_find.Trim()))
        .GroupBy(operation => operation.Group)
        .OrderBy(group => group.Key, StringComparer.Ordinal);

    protected override async Task OnInitializedAsync()
    {
        try
        {
            _operations = ApiOperation.Read(await api.GetDescriptionAsync(Gone));
        }
        catch (ApiException fault)
        {
            _fault = fault.Message;
        }
    }

    private string Curl(ApiOperation operation)
    {
        string method = operation.Method == "GET" ? "" : $" -X {operation.Method}";
        string body = operation.Body.Length > 0 ? " -H 'Content-Type: application/json' -d @body.json" : "";
        return $"curl --cacert DATA/tls/cert.pem -H \"Authorization: Bearer $KEY\"{method}{body} "
            + $"{navigation.BaseUri.TrimEnd('/')}{operation.Path}";
    }
}
