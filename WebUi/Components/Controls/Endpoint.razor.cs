using Microsoft.AspNetCore.Components;

namespace WebUi.Components.Controls;

/// <summary>An address with its port; IPv6 in brackets.</summary>
public sealed partial class Endpoint
{
    [Parameter, EditorRequired]
    public string Ip { get; set; } = "";

    [Parameter]
    public int Port { get; set; }

    private string Text => Format(Ip, Port);

    public static string Format(string ip, int port)
    {
        if (port == 0)
        {
            return ip;
        }
        return ip.Contains(':', StringComparison.Ordinal) ? $"[{ip}]:{port}" : $"{ip}:{port}";
    }
}
