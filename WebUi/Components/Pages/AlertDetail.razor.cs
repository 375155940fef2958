using System.Security.Claims;
using System.Text.Json;
using ControlApi.Contract.Notices;
using ControlApi.Contract.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using WebUi.Client;
using WebUi.Components.Controls;
using WebUi.Stores;

namespace WebUi.Components.Pages;

/// <summary>One alert: why it was raised, its flow, the packet's bytes, and the record as EVE.</summary>
public sealed partial class AlertDetail(
    ApiClient api, AuthenticationStateProvider authentication, ReaderClock clock)
    : LiveComponent
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private Alert? _alert;
    private byte[]? _packet;
    private string _packetNote = "";
    private string _eve = "";
    private string _fault = "";

    [Parameter]
    public string Id { get; set; } = "";

    protected override void OnInitialized() => Watch(clock);

    protected override async Task OnParametersSetAsync()
    {
        try
        {
            _alert = await api.GetAlertAsync(Id, Gone);
            _eve = JsonSerializer.Serialize(await api.GetEveAsync(Id, Gone), Indented);
            await LoadPacketAsync(_alert);
        }
        catch (ApiException fault)
        {
            _fault = fault.Message;
        }
    }

    private async Task LoadPacketAsync(Alert alert)
    {
        ClaimsPrincipal reader = (await authentication.GetAuthenticationStateAsync()).User;
        if (!alert.HasPacket)
        {
            _packetNote = "No bytes were kept for this alert.";
        }
        else if (!AccessToken.Allows(reader, Scopes.ReadPackets))
        {
            _packetNote = "Seeing packet bytes needs the scope read:packets.";
        }
        else
        {
            _packet = await api.GetPacketAsync(alert.Id, Gone);
            _packetNote = $"{_packet.Length} bytes";
        }
    }

    // The body's fields differ by event type: all that are plain values are shown, in their order.
    private Dictionary<string, string> Facts(Alert alert)
    {
        var facts = new Dictionary<string, string> { ["Time"] = clock.Long(alert.Time) };
        if (alert.Body.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty field in alert.Body.EnumerateObject())
            {
                if (field.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
                {
                    facts[field.Name] = field.Value.ToString();
                }
            }
        }
        return facts;
    }

    private static string Filtered(string field, string value) =>
        "/alerts?filter=" + Uri.EscapeDataString(FilterText.Condition(field, value, "="));
}
